-- People are called to the meetings of the committee, told when the date moves, reminded; a meeting may be cancelled, with why. Next
-- steps are reminded before their day, and once when they are late. One chooses about those with the trainings' dates.

alter table meeting
    add column cancelled_at timestamptz,
    add column cancel_reason text not null default '',
    -- start of which the people were reminded: another hour is another reminder
    add column reminded_at timestamptz,
    drop constraint meeting_status,
    drop constraint meeting_instants,
    add constraint meeting_status check (status in ('planned', 'open', 'closed', 'approved', 'cancelled')),
    add constraint meeting_instants check (
        (status in ('planned', 'cancelled')) = (opened_at is null)
        and ((status in ('closed', 'approved')) = (closed_at is not null))
        and ((status = 'approved') = (approved_at is not null)) and ((approved_at is null) = (approved_by is null))),
    add constraint meeting_cancelled check ((status = 'cancelled') = (cancelled_at is not null)
        and (cancelled_at is null) = (cancel_reason = '') and length(cancel_reason) <= 500);
create trigger meeting_ended before update or delete on meeting for each row when (old.status = 'cancelled') execute function refuse_change();

alter table meeting_task
    add column reminded_at timestamptz,
    add column late_at timestamptz;
create index meeting_task_due on meeting_task (due_on) where done_at is null and late_at is null;

-- What one chose about the call, where trainings were until now, is what one chose about dates.
insert into mail_preference (account_id, topic, rhythm)
select account_id, 'dates', rhythm from mail_preference where topic = 'call'
on conflict do nothing;
