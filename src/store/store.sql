-- name: store_user_version
SELECT user_version AS version FROM pragma_user_version;
