# SPDX-License-Identifier: Apache-2.0
"""Delivery channels and custom resources through AWS Config's API, asked with boto3: spec sections 3.4-3.6, 8.2 and 8.15."""

import gzip
import json
import socket
import threading
import uuid

import boto3
import pytest

import estate
import program
from service import KEYS, refused
from test_daemon import wait_for

ACCOUNT = "123456789012"
REGION = estate.REGIONS[0]
ROLE = f"arn:aws:iam::{ACCOUNT}:role/config"
BUCKET = "config-files"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:config-topic"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"


def aws(moto, service):
    return boto3.client(service, region_name=REGION, endpoint_url=moto.endpoint, **KEYS)


@pytest.fixture
def bucket(small):
    """A bucket of this test's alone: a daemon before it may still have something to say."""
    global BUCKET
    BUCKET = f"config-files-{uuid.uuid4().hex[:12]}"
    s3 = aws(small, "s3")
    s3.create_bucket(Bucket=BUCKET)
    return s3


@pytest.fixture
def topic(small):
    """A topic and the queue that hears it: () -> messages that came."""
    sns, sqs = aws(small, "sns"), aws(small, "sqs")
    arn = sns.create_topic(Name="config-topic")["TopicArn"]
    url = sqs.create_queue(QueueName="config-queue")["QueueUrl"]
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:config-queue")
    heard = []

    def messages():
        for m in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            heard.append(json.loads(json.loads(m["Body"])["Message"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=m["ReceiptHandle"])
        return heard

    yield messages
    sqs.delete_queue(QueueUrl=url)
    sns.delete_topic(TopicArn=arn)


def asked_at(serve, siltstone, store, endpoint):
    """The daemon, for which AWS is at an endpoint."""
    return serve(store, env=siltstone.environment(SILTSTONE_ACCESS_ANONYMOUS="admin", AWS_ENDPOINT_URL=endpoint))


@pytest.fixture
def there(serve, siltstone, store_copy, small):
    return asked_at(serve, siltstone, store_copy, small.endpoint)


def put(config, **more):
    channel = {"name": "default", "s3BucketName": BUCKET, **more}
    return config.put_delivery_channel(DeliveryChannel={k: v for k, v in channel.items() if v is not None})


def recorder(config, start=False):
    config.put_configuration_recorder(ConfigurationRecorder={"name": "default", "roleARN": ROLE})
    if start:
        config.start_configuration_recorder(ConfigurationRecorderName="default")


def keys(s3):
    return [o["Key"] for o in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


def test_a_channel_is_put_checked_described_and_replaced(there, siltstone, bucket):
    config = there.client(REGION)
    frequency = {"deliveryFrequency": "Six_Hours"}
    whole = {"name": "default", "s3BucketName": BUCKET, "s3KeyPrefix": "org/x", "snsTopicARN": TOPIC, "configSnapshotDeliveryProperties": frequency}
    assert config.describe_delivery_channels()["DeliveryChannels"] == []
    assert config.describe_delivery_channel_status()["DeliveryChannelsStatus"] == []
    assert there.raw("PutDeliveryChannel", {"DeliveryChannel": whole}, region=REGION)[2] == b""
    assert keys(bucket) == [f"org/x/AWSLogs/{ACCOUNT}/Config/ConfigWritabilityCheckFile"]
    head = bucket.head_object(Bucket=BUCKET, Key=keys(bucket)[0])
    assert (head["ContentLength"], head["ContentType"], head["ContentEncoding"]) == (0, "application/json", "gzip")
    assert config.describe_delivery_channels()["DeliveryChannels"] == [whole]
    assert config.describe_delivery_channels(DeliveryChannelNames=["default"])["DeliveryChannels"] == [whole]
    listed = json.loads(siltstone.ok("channel", "list", "--store", there.store, "--format", "json").out)
    assert [(c["channel"], c["to"]) for c in listed] == [("default", f"s3://{BUCKET}/org/x")]
    assert program.one(there.store, "SELECT count(*) FROM _sink WHERE name = 'channel:default'") == 1
    put(config)
    assert config.describe_delivery_channels()["DeliveryChannels"] == [{"name": "default", "s3BucketName": BUCKET}]
    assert program.one(there.store, "SELECT count(*) FROM _sink WHERE name = 'channel:default'") == 0
    assert refused(put, config, name="second") == (
        "MaxNumberOfDeliveryChannelsExceededException",
        "Failed to put delivery channel 'second' because the maximum number of delivery channels: 1 is reached.")
    for call in (config.describe_delivery_channels, config.describe_delivery_channel_status):
        assert refused(call, DeliveryChannelNames=["x"]) == ("NoSuchDeliveryChannelException", "Cannot find delivery channel with specified name 'x'.")


def test_what_is_wrong_with_a_channel_is_said_in_order(there, bucket):
    config = there.client(REGION)
    config.delete_configuration_recorder(ConfigurationRecorderName="default")
    bad = {"name": "", "s3BucketName": "", "s3KeyPrefix": "", "snsTopicARN": "", "s3KmsKeyArn": ""}
    error, message = refused(config.put_delivery_channel, DeliveryChannel=bad)
    assert (error, message) == ("NoAvailableConfigurationRecorderException", "Configuration recorder is not available to put delivery channel.")
    recorder(config)
    for member, good, error, message in (
            ("name", "default", "InvalidDeliveryChannelNameException", "The delivery channel name '' is not valid, blank string."),
            ("s3BucketName", BUCKET, "NoSuchBucketException", "Cannot find a S3 bucket with an empty bucket name."),
            ("s3KeyPrefix", "p", "InvalidS3KeyPrefixException", "The s3 key prefix '' is not valid, empty s3 key prefix."),
            ("snsTopicARN", TOPIC, "InvalidSNSTopicARNException", "The sns topic arn '' is not valid."),
            ("s3KmsKeyArn", None, "InvalidS3KmsKeyArnException", "The arn '' is not a valid kms key or alias arn.")):
        assert refused(config.put_delivery_channel, DeliveryChannel=bad) == (error, message)
        bad[member] = good
    bad["s3KmsKeyArn"] = KEY
    assert refused(put, config, name=None)[0] == "InvalidDeliveryChannelNameException"
    assert refused(put, config, s3BucketName=None)[0] == "NoSuchBucketException"
    assert refused(put, config, name="x" * 257) == (
        "ValidationException", f"1 validation error detected: Value '{'x' * 257}' at 'deliveryChannel.name' failed to satisfy constraint: "
                               "Member must have length less than or equal to 256")
    error, message = refused(put, config, configSnapshotDeliveryProperties={"deliveryFrequency": "Hourly"})
    assert error == "ValidationException" and "'deliveryChannel.configSnapshotDeliveryProperties.deliveryFrequency'" in message
    for name in ("there-is-none", "a/b", "dir:/tmp", "x@127.0.0.1"):
        assert refused(put, config, s3BucketName=name) == ("NoSuchBucketException", f"No such s3 bucket with name '{name}'.")
    assert config.describe_delivery_channels()["DeliveryChannels"] == [] and keys(bucket) == []


def test_a_bucket_that_cannot_be_written_to_is_refused(serve, siltstone, store_copy):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        there = asked_at(serve, siltstone, store_copy, f"http://127.0.0.1:{nobody.getsockname()[1]}")
        assert refused(put, there.client(REGION)) == (
            "InsufficientDeliveryPolicyException", f"Insufficient delivery policy to s3 bucket: {BUCKET}, unable to write to bucket, "
                                                   "provided s3 key prefix is 'null', provided kms key is 'null'.")
        assert refused(put, there.client(REGION), s3KeyPrefix="p", s3KmsKeyArn=KEY)[1].endswith(
            f"provided s3 key prefix is 'p', provided kms key is '{KEY}'.")
    assert there.client(REGION).describe_delivery_channels()["DeliveryChannels"] == []


def test_settings_do_not_wait_for_a_bucket(serve, siltstone, store_copy):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(8)
        there = asked_at(serve, siltstone, store_copy, f"http://127.0.0.1:{silent.getsockname()[1]}")
        waits = threading.Thread(target=lambda: there.raw("PutDeliveryChannel", {"DeliveryChannel": {"name": "default", "s3BucketName": BUCKET}}))
        waits.start()
        silent.accept()
        config = there.client(REGION)
        for n in range(20):
            config.put_stored_query(StoredQuery={"QueryName": f"q{n}", "Expression": "SELECT *"})
        assert waits.is_alive()
        there.stop()
        waits.join(30)
        assert not waits.is_alive()


def test_a_folder_that_people_set_stays_theirs(there, siltstone, tmp_path):
    config = there.client(REGION)
    (tmp_path / "out").mkdir()
    folder = f"dir:{tmp_path / 'out'}"
    siltstone.ok("channel", "set", "default", "--to", folder, "--store", there.store)
    assert config.describe_delivery_channels()["DeliveryChannels"] == [{"name": "default", "s3BucketName": folder}]
    put(config, s3BucketName=folder, configSnapshotDeliveryProperties={"deliveryFrequency": "One_Hour"})
    assert (tmp_path / "out" / "AWSLogs" / ACCOUNT / "Config" / "ConfigWritabilityCheckFile").exists()
    assert refused(put, config, s3BucketName="dir:/")[0] == "NoSuchBucketException"
    assert config.describe_delivery_channels()["DeliveryChannels"][0]["s3BucketName"] == folder


def test_a_snapshot_is_delivered_under_the_id_that_was_answered(there, bucket, topic):
    config = there.client(REGION)
    config.delete_configuration_recorder(ConfigurationRecorderName="default")
    assert refused(config.deliver_config_snapshot, deliveryChannelName="default") == (
        "NoAvailableConfigurationRecorderException", "Configuration recorder not found. Add a configuration recorder and start recording.")
    recorder(config)
    assert refused(config.deliver_config_snapshot, deliveryChannelName="default") == (
        "NoRunningConfigurationRecorderException", "Configuration recorder is turned off. Turn on configuration recorder.")
    put(config, snsTopicARN=TOPIC)
    fresh = config.describe_delivery_channel_status()["DeliveryChannelsStatus"]
    assert fresh[0]["configSnapshotDeliveryInfo"] == {} == fresh[0]["configHistoryDeliveryInfo"]
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    assert refused(config.deliver_config_snapshot, deliveryChannelName="x") == (
        "NoSuchDeliveryChannelException", "Cannot find delivery channel with specified name 'x'.")
    snapshot = config.deliver_config_snapshot(deliveryChannelName="default")["configSnapshotId"]
    wait_for(lambda: any(snapshot in k for k in keys(bucket)))
    key, = [k for k in keys(bucket) if snapshot in k]
    assert key.startswith(f"AWSLogs/{ACCOUNT}/Config/{REGION}/") and "/ConfigSnapshot/" in key
    assert len([k for k in keys(bucket) if "/ConfigSnapshot/" in k]) == 1
    file = json.loads(gzip.decompress(bucket.get_object(Bucket=BUCKET, Key=key)["Body"].read()))
    assert file["configSnapshotId"] == snapshot and {i["awsRegion"] for i in file["configurationItems"]} <= {REGION, "global"}
    wait_for(lambda: any(m["messageType"] == "ConfigurationSnapshotDeliveryCompleted" for m in topic()))
    for kind in ("ConfigurationSnapshotDeliveryStarted", "ConfigurationSnapshotDeliveryCompleted"):
        assert snapshot in [m.get("configSnapshotId") for m in topic() if m["messageType"] == kind], kind
    got, = config.describe_delivery_channel_status()["DeliveryChannelsStatus"]
    info = got["configSnapshotDeliveryInfo"]
    assert info["lastStatus"] == "SUCCESS" and info["lastAttemptTime"] == info["lastSuccessfulTime"] and "nextDeliveryTime" not in info
    wait_for(lambda: config.describe_delivery_channel_status()["DeliveryChannelsStatus"][0]["configStreamDeliveryInfo"].get("lastStatus") == "SUCCESS")
    put(config)
    assert config.describe_delivery_channel_status()["DeliveryChannelsStatus"][0]["configStreamDeliveryInfo"]["lastStatus"] == "NOT_APPLICABLE"


def test_the_last_channel_stays_while_something_is_recorded(there, bucket):
    config = there.client(REGION)
    recorder(config)
    put(config)
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    assert refused(config.delete_delivery_channel, DeliveryChannelName="x") == (
        "NoSuchDeliveryChannelException", "Cannot find delivery channel with specified name 'x'.")
    assert refused(config.delete_delivery_channel, DeliveryChannelName="default") == (
        "LastDeliveryChannelDeleteFailedException",
        "Failed to delete last specified delivery channel with name 'default', because there is a running configuration recorder.")
    config.stop_configuration_recorder(ConfigurationRecorderName="default")
    assert there.raw("DeleteDeliveryChannel", {"DeliveryChannelName": "default"}, region=REGION)[2] == b""
    assert config.describe_delivery_channels()["DeliveryChannels"] == []


def test_the_command_line_checks_a_bucket_too(siltstone, store_copy, small, bucket):
    siltstone.ok("recorder", "set", "--all", "--store", store_copy)
    env = siltstone.environment(AWS_ENDPOINT_URL=small.endpoint)
    for name, code in (("there-is-none", 2), (BUCKET, 0)):
        request = json.dumps({"DeliveryChannel": {"name": "default", "s3BucketName": name}})
        got = siltstone.run("api", "PutDeliveryChannel", request, "--store", store_copy, env=env)
        assert got.code == code, got.err
    assert keys(bucket) == [f"AWSLogs/{ACCOUNT}/Config/ConfigWritabilityCheckFile"]


SWITCH = {"typeName": "Acme::Net::Switch", "description": "a switch", "properties": {"Serial": {"type": "string"}, "Ports": {"type": "integer"}},
          "primaryIdentifier": ["/properties/Serial"], "additionalProperties": False}


def test_custom_resources_are_told_of(there, siltstone, bucket, tmp_path):
    config = there.client(REGION)
    recorder(config)
    (tmp_path / "switch.json").write_text(json.dumps(SWITCH))
    siltstone.ok("types", "register", "--schema", tmp_path / "switch.json", "--store", there.store)

    def tell(ports, kind="Acme::Net::Switch", version="00000001", serial="sw-1"):
        return config.put_resource_config(ResourceType=kind, SchemaVersionId=version, ResourceId=serial, ResourceName="core",
                                          Configuration=json.dumps({"Serial": serial, "Ports": ports}), Tags={"env": "prod"})

    config.stop_configuration_recorder(ConfigurationRecorderName="default")
    stopped = ("NoRunningConfigurationRecorderException", "Configuration recorder is turned off. Turn on configuration recorder.")
    assert refused(tell, 24) == stopped
    assert refused(config.delete_resource_config, ResourceType="Acme::Net::Switch", ResourceId="sw-1") == stopped
    put(config)
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    for ports in (24, 48, 48):
        tell(ports)
    config.delete_resource_config(ResourceType="Acme::Net::Switch", ResourceId="sw-1")
    config.delete_resource_config(ResourceType="Acme::Net::Switch", ResourceId="sw-1")
    told = config.get_resource_config_history(resourceType="Acme::Net::Switch", resourceId="sw-1", chronologicalOrder="Forward")["configurationItems"]
    assert [i["configurationItemStatus"] for i in told] == ["ResourceDiscovered", "OK", "ResourceDeleted"]
    assert (told[0]["accountId"], told[0]["awsRegion"], told[0]["resourceName"], told[0]["tags"]) == (ACCOUNT, REGION, "core", {"env": "prod"})
    assert [json.loads(i["configuration"])["Ports"] for i in told[:2]] == [24, 48]
    for kind in ("AWS::S3::Bucket", "Amzn::Net::Switch"):
        error, message = refused(tell, 1, kind=kind)
        assert error == "ValidationException" and message == f"You cannot use the organization name '{kind.split(':')[0]}' with custom resource types."
    assert refused(tell, 1, kind="Acme::Net::Rack")[0] == "ValidationException"
    assert refused(tell, 1, version="00000099")[0] == "ValidationException"
    error, message = refused(tell, "many")
    assert error == "ValidationException" and "Ports" in message
