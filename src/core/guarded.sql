-- name: guarded_next
SELECT j.item_id AS item_id, f.body AS body
  FROM temp.judge_item j CROSS JOIN main._item_file f ON f.item_id = j.item_id
 WHERE j.item_id > :after ORDER BY j.item_id LIMIT 1;
