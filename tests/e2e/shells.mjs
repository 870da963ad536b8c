// SPDX-License-Identifier: Apache-2.0
// shells.mjs FOLDER PACKAGE STORE STATEMENTS.json - the rows of each statement, from a wasm build of SQLite.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [folder, name, store, statements] = process.argv.slice(2);
const require = createRequire(`${folder}/`);

async function open() {
  if (name === "sql.js") {
    const init = require("sql.js");
    const SQL = await init({ wasmBinary: readFileSync(require.resolve("sql.js/dist/sql-wasm.wasm")) });
    const db = new SQL.Database(readFileSync(store));
    return (sql) => db.exec(sql)[0]?.values ?? [];
  }
  const { Database } = require("node-sqlite3-wasm");
  const db = new Database(store, { readOnly: true });
  return (sql) => db.all(sql).map((row) => Object.values(row));
}

const ask = await open();
const plain = (v) => (typeof v === "bigint" ? Number(v) : v);
const rows = JSON.parse(readFileSync(statements, "utf8")).map((sql) => {
  try {
    return ask(sql).map((row) => row.map(plain));
  } catch (e) {
    return `${e.message ?? e}`;
  }
});
process.stdout.write(JSON.stringify({ version: ask("SELECT sqlite_version() AS v")[0][0], rows }));
