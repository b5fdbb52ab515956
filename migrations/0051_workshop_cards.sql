-- A card of a workshop is a flow like another, written by one act called « carded »: the last cards of a dossier are found by it.

create index unit_history_carded on unit_history (project_id, id desc) where act = 'carded';
