-- What resource types look like. The authored form is JSON, one document per service; inserting
-- a document shreds it into the tables below. The program's own documents come with it; anybody may
-- add or override a type with INSERT INTO _catalogue(name, origin, doc) VALUES ('mine', 'user', '[...]').
CREATE TABLE _catalogue (
  name        TEXT PRIMARY KEY,           -- 'ec2'
  origin      TEXT NOT NULL DEFAULT 'user', -- program | user
  doc         TEXT NOT NULL               -- JSON array of types
) STRICT;

CREATE TABLE _type (
  type        TEXT PRIMARY KEY,
  catalogue   TEXT NOT NULL,              -- the document it comes from
  engine      TEXT NOT NULL,              -- native | cloudcontrol | exec ...
  service     TEXT,
  scope       TEXT,                       -- regional | global | global-list | host
  doc         TEXT NOT NULL               -- the entry as authored, for the engine
) STRICT, WITHOUT ROWID;

-- The calls that make an item: list, get, step, getstep, supp.
CREATE TABLE _type_call (
  type        TEXT NOT NULL,
  role        TEXT NOT NULL,
  ord         INTEGER NOT NULL,
  part        TEXT,                       -- name of the supplementary part
  service     TEXT,
  op          TEXT,
  PRIMARY KEY (type, role, ord)
) STRICT, WITHOUT ROWID;

-- Where in a configuration another resource is named.
CREATE TABLE _type_relation (
  type        TEXT NOT NULL,
  ord         INTEGER NOT NULL,
  name        TEXT NOT NULL,
  target      TEXT NOT NULL,
  src         TEXT NOT NULL,              -- supplementary part, or '' for the configuration
  path        TEXT NOT NULL,              -- over the configuration or, with src, over all parts
  by          TEXT NOT NULL,              -- id | name | arn
  match       TEXT,                       -- LIKE pattern the value must have; {account} is put in
  split       TEXT,                       -- the value is a list, split here
  json        TEXT,                       -- the value is JSON text, look there
  emit        TEXT,                       -- name: AWS Config gives only the name
  ripple      INTEGER NOT NULL,
  ext         INTEGER NOT NULL,
  PRIMARY KEY (type, ord)
) STRICT, WITHOUT ROWID;
CREATE INDEX _type_relation_path ON _type_relation(type, src, path);

-- Relationships shown on a type but named on the other side. (Key columns come first in every
-- WITHOUT ROWID table: integrity_check of SQLite 3.40 takes others before them for NULL.)
CREATE TABLE _type_inverse (
  type        TEXT NOT NULL,
  from_type   TEXT NOT NULL,
  from_name   TEXT NOT NULL,
  name        TEXT NOT NULL,
  PRIMARY KEY (type, from_type, from_name)
) STRICT, WITHOUT ROWID;

-- Which change events name a resource of the type, and where.
CREATE TABLE _type_event (
  source      TEXT NOT NULL,
  event       TEXT NOT NULL,
  type        TEXT NOT NULL,
  path        TEXT NOT NULL,
  by          TEXT NOT NULL,
  match       TEXT,
  strip       TEXT,
  PRIMARY KEY (source, event, type, path)
) STRICT, WITHOUT ROWID;

-- Paths over the document: ignore (left out when comparing), sort (order means nothing).
CREATE TABLE _type_path (
  type        TEXT NOT NULL,
  kind        TEXT NOT NULL,
  path        TEXT NOT NULL,
  PRIMARY KEY (type, kind, path)
) STRICT, WITHOUT ROWID;

-- The permissions that recording a type takes.
CREATE TABLE _type_iam (
  type        TEXT NOT NULL,
  action      TEXT NOT NULL,
  PRIMARY KEY (type, action)
) STRICT, WITHOUT ROWID;

-- The columns of a type's own view (aws_ec2_instance): single values of its configuration.
CREATE TABLE _type_column (
  type        TEXT NOT NULL,
  ord         INTEGER NOT NULL,
  name        TEXT NOT NULL,              -- 'instance_type'
  path        TEXT NOT NULL,              -- over the configuration: '$.instanceType'
  declared    TEXT NOT NULL,              -- TEXT | INTEGER | REAL
  PRIMARY KEY (type, ord)
) STRICT, WITHOUT ROWID;

-- The schemas of types that are pushed, as `siltstone types register` was given them; none of them is ever changed.
CREATE TABLE _custom_type (
  type          TEXT NOT NULL,            -- 'Acme::Net::Switch'
  version       TEXT NOT NULL,            -- SchemaVersionId: '00000001', counted up
  schema        TEXT NOT NULL,            -- JSON, as CloudFormation's registry has it
  registered_ms INTEGER NOT NULL,
  PRIMARY KEY (type, version)
) STRICT, WITHOUT ROWID;
