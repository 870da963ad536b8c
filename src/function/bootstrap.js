// SPDX-License-Identifier: Apache-2.0
// What a Node function runs in: asks for events at the Runtime API of AWS Lambda and gives the handler's answers back.
// Handlers of every age: async, with a callback, or with context.done, succeed and fail. No packages.
'use strict';
const http = require('http');
const path = require('path');
const url = require('url');

const slash = process.env.AWS_LAMBDA_RUNTIME_API.indexOf('/');
const place = process.env.AWS_LAMBDA_RUNTIME_API.slice(0, slash).split(':');
const runtime = process.env.AWS_LAMBDA_RUNTIME_API.slice(slash) + '/2018-06-01/runtime';
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function ask(method, where, body, headers) {
  return new Promise((resolve, reject) => {
    const q = http.request({ host: place[0], port: place[1], method, agent, path: runtime + where, headers: headers || {} }, (r) => {
      const pieces = [];
      r.on('data', (piece) => pieces.push(piece));
      r.on('end', () => resolve({ status: r.statusCode, headers: r.headers, body: Buffer.concat(pieces).toString('utf8') }));
    });
    q.on('error', reject);
    q.end(body);
  });
}

function describe(error) {
  if (error instanceof Error) {
    return { errorType: error.name, errorMessage: String(error.message).slice(0, 2000), trace: String(error.stack).split('\n').slice(0, 40) };
  }
  return { errorType: typeof error, errorMessage: (typeof error === 'string' ? error : JSON.stringify(error) || String(error)).slice(0, 2000), trace: [] };
}

async function tell(where, error, kind) {
  const body = describe(error);
  if (kind) body.errorType = kind;
  console.error('[ERROR] ' + body.errorType + ': ' + body.errorMessage + '\n' + body.trace.slice(1).join('\n'));
  await ask('POST', where, JSON.stringify(body), { 'Content-Type': 'application/json', 'Lambda-Runtime-Function-Error-Type': body.errorType });
}

async function load(file) {
  for (const name of [file, file + '.js', file + '.cjs']) {
    try {
      return require(name);
    } catch (error) {
      if (error.code === 'ERR_REQUIRE_ESM') break;
      if (error.code !== 'MODULE_NOT_FOUND' || !String(error.message).includes(name)) throw error;
    }
  }
  return import(url.pathToFileURL(file + (require('fs').existsSync(file + '.mjs') ? '.mjs' : '.js')).href);
}

async function findHandler() {
  const given = process.env._HANDLER;
  const dot = given.lastIndexOf('.');
  const found = await load(path.resolve(process.env.LAMBDA_TASK_ROOT, given.slice(0, dot)));
  const name = given.slice(dot + 1);
  const handler = found[name] || (found.default && found.default[name]);
  if (typeof handler !== 'function') throw new Error('there is no function "' + name + '" in "' + given.slice(0, dot) + '"');
  return handler;
}

function kindOfInit(error) {
  if (error instanceof SyntaxError) return 'Runtime.UserCodeSyntaxError';
  if (error.code === 'MODULE_NOT_FOUND' || error.code === 'ERR_MODULE_NOT_FOUND') return 'Runtime.ImportModuleError';
  return undefined;
}

function run(handler, event, headers) {
  return new Promise((resolve, reject) => {
    const env = process.env;
    const done = (error, value) => (error ? reject(error) : resolve(value));
    const deadline = Number(headers['lambda-runtime-deadline-ms']);
    const context = {
      awsRequestId: headers['lambda-runtime-aws-request-id'],
      invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
      functionName: env.AWS_LAMBDA_FUNCTION_NAME,
      functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
      memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
      logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
      logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
      done,
      succeed: resolve,
      fail: (error) => reject(error === undefined ? new Error('failed') : error),
    };
    const promised = handler(event, context, done);
    if (promised && typeof promised.then === 'function') promised.then(resolve, reject);
  });
}

async function main() {
  let handler;
  try {
    handler = await findHandler();
  } catch (error) {
    await tell('/init/error', error, kindOfInit(error));
    process.exit(1);
  }
  for (;;) {
    const next = await ask('GET', '/invocation/next');
    if (next.status !== 200) process.exit(1);
    const id = next.headers['lambda-runtime-aws-request-id'];
    process.env._X_AMZN_TRACE_ID = next.headers['lambda-runtime-trace-id'] || '';
    let body;
    try {
      const result = await run(handler, JSON.parse(next.body), next.headers);
      body = JSON.stringify(result === undefined ? null : result);
      if (body === undefined) body = 'null';
    } catch (error) {
      await tell('/invocation/' + id + '/error', error);
      continue;
    }
    await ask('POST', '/invocation/' + id + '/response', body, { 'Content-Type': 'application/json' });
  }
}

process.chdir(process.env.LAMBDA_TASK_ROOT);
main();
