// SPDX-License-Identifier: Apache-2.0
// Version 2 of AWS's SDK knows no variable that says where AWS Config is asked: when a function loads it, it is told.
'use strict';
const Module = require('module');

const where = process.env.AWS_ENDPOINT_URL_CONFIG_SERVICE;
const everything = process.env.AWS_ENDPOINT_URL;
const load = Module._load;
const told = new WeakSet();

Module._load = function (request) {
  const found = load.apply(this, arguments);
  if (/^aws-sdk(\/|$)/.test(request) && found && found.config && typeof found.config.update === 'function' && !told.has(found)) {
    told.add(found);
    if (everything) found.config.update({ endpoint: everything });
    if (where) found.config.configservice = Object.assign({}, found.config.configservice, { endpoint: where });
  }
  return found;
};
