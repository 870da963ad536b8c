-- What goes into a case file; gone with the connection.
CREATE TEMP TABLE case_item (
  item_id     INTEGER PRIMARY KEY,
  rid         INTEGER NOT NULL,
  document_id INTEGER
);
CREATE INDEX temp.case_item_rid ON case_item(rid, item_id);
CREATE INDEX temp.case_item_document ON case_item(document_id);
-- Documents whose keyframe stays behind, whole and in canonical form, as their digests are of that.
CREATE TEMP TABLE case_document (
  document_id INTEGER PRIMARY KEY,
  body        TEXT NOT NULL
);
