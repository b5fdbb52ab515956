-- A call may say how many pages a dossier should make: the concise layout of its PDF is counted against that.

alter table call add column page_guide integer;
alter table call add constraint call_page_guide check (page_guide between 1 and 500);
