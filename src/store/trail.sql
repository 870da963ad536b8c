-- name: trail_get
SELECT t.place AS place, t.since_ms AS since_ms, t.next_ms AS next_ms FROM _trail t WHERE t.source_id = :source;

-- name: trail_put
-- A file's moment given later counts, too; another place begins anew.
INSERT INTO _trail(source_id, place, since_ms) VALUES (:source, :place, :since)
ON CONFLICT (source_id) DO UPDATE SET place = excluded.place, since_ms = excluded.since_ms, next_ms = 0, read_ms = NULL, error = NULL;

-- name: trail_forget_folders
DELETE FROM _trail_folder WHERE source_id = :source;

-- name: trail_forget_files
DELETE FROM _trail_file WHERE source_id = :source;

-- name: trail_end
UPDATE _trail SET next_ms = :next, read_ms = CASE WHEN :error IS NULL THEN :now ELSE read_ms END, error = :error WHERE source_id = :source;

-- name: trail_folder_get
SELECT f.day AS day, f.last_key AS last_key FROM _trail_folder f WHERE f.source_id = :source AND f.folder = :folder;

-- name: trail_folder_put
INSERT INTO _trail_folder(source_id, folder, day, last_key) VALUES (:source, :folder, :day, :key)
ON CONFLICT (source_id, folder) DO UPDATE SET day = max(day, excluded.day), last_key = max(last_key, excluded.last_key);

-- name: trail_folder_tidy
DELETE FROM _trail_file WHERE source_id = :source AND state = 'done' AND day < :day AND key > :folder AND key < :folder || char(0x10ffff);

-- name: trail_file_get
SELECT f.state AS state FROM _trail_file f WHERE f.source_id = :source AND f.key = :key;

-- name: trail_file_put
INSERT INTO _trail_file(source_id, key, folder, day, state, tries, last_ms, next_ms, events, heeded, error)
VALUES (:source, :key, :folder, :day, :state, 1, :now, :now + :wait, :events, :heeded, :error)
ON CONFLICT (source_id, key) DO UPDATE SET state = excluded.state, tries = tries + 1, last_ms = excluded.last_ms, events = excluded.events,
  heeded = excluded.heeded, error = excluded.error, next_ms = :now + min(:wait << min(tries, 16), :most);

-- name: trail_file_due
SELECT f.key AS key, f.folder AS folder, f.day AS day FROM _trail_file f
 WHERE f.source_id = :source AND f.state = 'failed' AND f.next_ms <= :now AND f.key > :after ORDER BY f.key LIMIT 1;
