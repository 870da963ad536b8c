// SPDX-License-Identifier: Apache-2.0
// config_client.mjs FOLDER ENDPOINT REGION BUCKET - AWS Config by the SDK for JavaScript of FOLDER; what was answered, as JSON.
import { createRequire } from "node:module";

const [folder, endpoint, region, bucket] = process.argv.slice(2);
const sdk = createRequire(`${folder}/`)("@aws-sdk/client-config-service");
const client = new sdk.ConfigServiceClient({
  endpoint,
  region,
  maxAttempts: 1,
  credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "nobody checks it" },
});
const told = { version: createRequire(`${folder}/`)("@aws-sdk/client-config-service/package.json").version };
const ask = (operation, input = {}) => client.send(new sdk[`${operation}Command`](input));

async function all(paginate, member, input, pageSize) {
  const rows = [];
  let pages = 0;
  for await (const page of sdk[`paginate${paginate}`]({ client, pageSize }, input)) {
    rows.push(...(page[member] ?? []));
    if (++pages > 1000) throw new Error(`${paginate} does not end`);
  }
  return { rows, pages };
}

await ask("PutConfigurationRecorder", {
  ConfigurationRecorder: { name: "default", roleARN: "arn:aws:iam::123456789012:role/config", recordingGroup: { allSupported: true } },
});
await ask("PutDeliveryChannel", { DeliveryChannel: { name: "default", s3BucketName: bucket } });
await ask("StartConfigurationRecorder", { ConfigurationRecorderName: "default" });
told.recorders = (await ask("DescribeConfigurationRecorders")).ConfigurationRecorders.map((r) => r.name);
const status = (await ask("DescribeConfigurationRecorderStatus")).ConfigurationRecordersStatus[0];
told.recording = status.recording;
told.started = status.lastStartTime instanceof Date;
told.channels = (await ask("DescribeDeliveryChannels")).DeliveryChannels.map((c) => c.s3BucketName);
told.snapshot = (await ask("DeliverConfigSnapshot", { deliveryChannelName: "default" })).configSnapshotId;
for (const n of [1, 2, 3]) await ask("PutStoredQuery", { StoredQuery: { QueryName: `js${n}`, Expression: "SELECT resourceId" } });
told.queries = (await ask("ListStoredQueries")).StoredQueryMetadata.map((q) => q.QueryName);
const retention = await ask("PutRetentionConfiguration", { RetentionPeriodInDays: 365 });
told.days = retention.RetentionConfiguration.RetentionPeriodInDays;
told.counts = (await ask("GetDiscoveredResourceCounts")).totalDiscoveredResources;
const listed = await all("ListDiscoveredResources", "resourceIdentifiers", { resourceType: "AWS::EC2::VPC" }, 1);
told.listed = listed.rows.length;
told.listedPages = listed.pages;
const history = await all("GetResourceConfigHistory", "configurationItems", { resourceType: "AWS::EC2::VPC", resourceId: listed.rows[0].resourceId }, 1);
told.captured = history.rows.map((i) => i.configurationItemCaptureTime instanceof Date && typeof JSON.parse(i.configuration) === "object");
const selected = await all("SelectResourceConfig", "Results", { Expression: "SELECT resourceId WHERE resourceType = 'AWS::EC2::VPC'" }, 1);
told.selected = selected.rows.length;
const one = listed.rows[0];
const batch = await ask("BatchGetResourceConfig", { resourceKeys: [{ resourceType: one.resourceType, resourceId: one.resourceId }] });
told.batch = batch.baseConfigurationItems.length;
try {
  await ask("GetStoredQuery", { QueryName: "none" });
} catch (e) {
  told.refused = [e.name, e instanceof sdk.ResourceNotFoundException, e.message, e.$metadata.httpStatusCode];
}
await ask("StopConfigurationRecorder", { ConfigurationRecorderName: "default" });
process.stdout.write(JSON.stringify(told));
