-- Views of the board that a person keeps under a name: columns, filters and order, as the end of an address. Theirs alone.

create table board_view (
    id bigint generated always as identity primary key,
    account_id bigint not null references account,
    call_id bigint not null references call,
    name text not null,
    address text not null,
    created_at timestamptz not null,
    constraint board_view_name check (length(name) between 1 and 60),
    constraint board_view_address check (length(address) <= 1000)
);
create unique index board_view_name_key on board_view (account_id, call_id, lower(name));
