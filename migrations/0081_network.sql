-- « Réseau des acteurs de l’EIT » (R105): who of a call's carriers chose to appear there, and what they show. Nothing is shown
-- that they did not write or tick for that page; leaving it deletes the line.

create table network_entry (
    call_id bigint not null references call,
    account_id bigint not null references account,
    organisation text not null default '',
    territory text not null default '',
    shows_email boolean not null default false,
    phone text not null default '',
    sentence text not null default '',
    -- what the search compares: folded, and only what is shown
    search text not null default '',
    version integer not null default 1,
    appeared_at timestamptz not null,
    primary key (call_id, account_id),
    constraint network_entry_texts check (length(organisation) <= 160 and length(territory) <= 160 and length(phone) <= 40 and length(sentence) <= 300)
);
