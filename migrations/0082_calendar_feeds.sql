-- Calendars that a program follows by a secret address: of one's trainings (no call), or of a call. The secret is kept as a
-- digest; another address for the same calendar ends the former one.

create table calendar_feed (
    id bigint generated always as identity primary key,
    account_id bigint not null references account,
    call_id bigint references call,
    token_hash bytea not null unique,
    created_at timestamptz not null,
    revoked_at timestamptz
);
create unique index calendar_feed_live on calendar_feed (account_id, coalesce(call_id, 0)) where revoked_at is null;
