# SPDX-License-Identifier: Apache-2.0
"""Recorders through AWS Config's API, asked with boto3: spec sections 5 and 8.1."""

import json
import re

import pytest

import estate
from test_daemon import wait_for
from service import refused

ACCOUNT = "123456789012"
REGION = estate.REGIONS[0]
ROLE = f"arn:aws:iam::{ACCOUNT}:role/config"
UNKNOWN = ("NoSuchConfigurationRecorderException",
           "The name of the configuration recorder you entered cannot be found. Verify the configuration recorder name, and try again.")


@pytest.fixture
def config(asked):
    """Without the recorder that the daemon begins with."""
    config = asked.client(REGION)
    config.delete_configuration_recorder(ConfigurationRecorderName="default")
    return config


def put(config, name="default", role=ROLE, **group):
    recorder = {"name": name, "roleARN": role}
    if group:
        recorder["recordingGroup"] = group
    return config.put_configuration_recorder(ConfigurationRecorder=recorder)


def only(found):
    assert len(found) == 1
    return found[0]


def described(config, **kw):
    return only(config.describe_configuration_recorders(**kw)["ConfigurationRecorders"])


def status(config, **kw):
    return only(config.describe_configuration_recorder_status(**kw)["ConfigurationRecordersStatus"])


def items(config):
    """What the house recorded of its recorder, oldest first: status and what it says."""
    got = config.get_resource_config_history(resourceType="AWS::Config::ConfigurationRecorder", resourceId="default", chronologicalOrder="Forward")
    return [(i["configurationItemStatus"], json.loads(i["configuration"])) for i in got["configurationItems"]]


def test_a_recorder_is_put_described_started_stopped_and_deleted(asked, config, siltstone, tmp_path):
    assert config.describe_configuration_recorders()["ConfigurationRecorders"] == []
    assert config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"] == []
    assert refused(config.start_configuration_recorder, ConfigurationRecorderName="default") == UNKNOWN
    assert asked.raw("PutConfigurationRecorder", {"ConfigurationRecorder": {"name": "default", "roleARN": ROLE}}, region=REGION)[2] == b""
    one = described(config)
    assert re.fullmatch(rf"arn:aws:config:{REGION}:\d{{12}}:configuration-recorder/default/[a-z0-9]{{16}}", one.pop("arn"))
    assert one == {
        "name": "default", "roleARN": ROLE, "recordingScope": "PAID",
        "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": False, "resourceTypes": [],
                           "exclusionByResourceTypes": {"resourceTypes": []}, "recordingStrategy": {"useOnly": "ALL_SUPPORTED_RESOURCE_TYPES"}},
        "recordingMode": {"recordingFrequency": "CONTINUOUS", "recordingModeOverrides": []}}
    before = status(config)
    assert set(before) == {"arn", "name", "recording"} and before["recording"] is False
    assert refused(config.start_configuration_recorder, ConfigurationRecorderName="default") == (
        "NoAvailableDeliveryChannelException", "Delivery channel is not available to start configuration recorder.")
    (tmp_path / "out").mkdir()
    siltstone.ok("channel", "set", "default", "--to", f"dir:{tmp_path / 'out'}", "--store", asked.store)
    assert asked.raw("StartConfigurationRecorder", {"ConfigurationRecorderName": "default"}, region=REGION)[2] == b""
    running = status(config)
    assert running["recording"] and running["lastStatus"] in ("PENDING", "SUCCESS", "FAILURE") and "lastStopTime" not in running
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    assert status(config)["lastStartTime"] == running["lastStartTime"]
    assert "recording" in siltstone.ok("recorder", "show", "--store", asked.store).out
    wait_for(lambda: list((tmp_path / "out").rglob("ConfigWritabilityCheckFile")), 30)
    config.stop_configuration_recorder(ConfigurationRecorderName="default")
    config.stop_configuration_recorder(ConfigurationRecorderName="default")
    stopped = status(config)
    assert stopped["recording"] is False and stopped["lastStopTime"] >= stopped["lastStartTime"]
    config.delete_configuration_recorder(ConfigurationRecorderName="default")
    assert config.describe_configuration_recorders()["ConfigurationRecorders"] == []
    assert refused(config.delete_configuration_recorder, ConfigurationRecorderName="default") == UNKNOWN


def test_what_is_done_to_it_is_recorded(serve, store_copy, siltstone, small, tmp_path):
    (tmp_path / "out").mkdir()
    siltstone.ok("channel", "set", "default", "--to", f"dir:{tmp_path / 'out'}", "--store", store_copy)
    siltstone.ok("recorder", "set", "--all", "--store", store_copy)
    siltstone.ok("record", "--store", store_copy, "--endpoint", small.endpoint, "--regions", ",".join(estate.REGIONS), "--types", "AWS::EC2::VPC")
    config = serve(store_copy).client(REGION)
    put(config, resourceTypes=["AWS::S3::Bucket"])
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    config.stop_configuration_recorder(ConfigurationRecorderName="default")
    config.delete_configuration_recorder(ConfigurationRecorderName="default")
    told = items(config)
    assert [s for s, _ in told] == ["ResourceDiscovered", "OK", "OK", "OK", "ResourceDeleted"]
    assert len({json.dumps(c) for _, c in told[:3]}) == 3


def test_groups_types_and_names_are_checked(config):
    assert refused(put, config, name="") == (
        "InvalidConfigurationRecorderNameException", "The configuration recorder name '' is not valid, blank string.")
    assert refused(put, config, role="nobody") == ("InvalidRoleException", "The role arn passed is not valid.")
    assert refused(put, config, allSupported=False) == ("InvalidRecordingGroupException", "The recording group provided is not valid")
    assert refused(put, config, name="x" * 257) == (
        "ValidationException", f"1 validation error detected: Value '{'x' * 257}' at 'configurationRecorder.name' failed to satisfy constraint: "
                               "Member must have length less than or equal to 256")
    error, message = refused(put, config, resourceTypes=["AWS::No::Such"])
    assert error == "ValidationException" and "'configurationRecorder.recordingGroup.resourceTypes'" in message
    assert config.describe_configuration_recorders()["ConfigurationRecorders"] == []
    put(config)
    assert refused(put, config, name="second") == (
        "MaxNumberOfConfigurationRecordersExceededException",
        "Failed to put configuration recorder 'second' because the maximum number of configuration recorders: 1 is reached.")
    assert refused(config.describe_configuration_recorders, ConfigurationRecorderNames=["x"]) == (
        "NoSuchConfigurationRecorderException", "Cannot find configuration recorder with the specified name 'x'.")
    assert refused(config.describe_configuration_recorder_status, ConfigurationRecorderNames=["x"])[0] == "NoSuchConfigurationRecorderException"


def test_types_come_and_go(config):
    put(config, resourceTypes=["AWS::S3::Bucket"])
    arn = described(config)["arn"]
    got = config.associate_resource_types(ConfigurationRecorderArn=arn, ResourceTypes=["AWS::EC2::VPC", "AWS::S3::Bucket"])
    assert got["ConfigurationRecorder"]["recordingGroup"]["resourceTypes"] == ["AWS::EC2::VPC", "AWS::S3::Bucket"]
    got = config.disassociate_resource_types(ConfigurationRecorderArn=arn, ResourceTypes=["AWS::S3::Bucket"])
    assert got["ConfigurationRecorder"] == described(config)
    assert described(config, Arn=arn)["recordingGroup"]["resourceTypes"] == ["AWS::EC2::VPC"]
    assert refused(config.associate_resource_types, ConfigurationRecorderArn=arn + "x", ResourceTypes=["AWS::EC2::VPC"]) == UNKNOWN


def test_a_service_has_one_of_its_own(config):
    put(config)
    made = config.put_service_linked_configuration_recorder(ServicePrincipal="observabilityadmin.amazonaws.com", Tags=[{"Key": "a", "Value": "b"}])
    name = made["Name"]
    assert name.startswith("AWSConfigurationRecorderFor") and made["Arn"].split("/")[1] == name
    assert refused(config.put_service_linked_configuration_recorder, ServicePrincipal="observabilityadmin.amazonaws.com")[0] == "ConflictException"
    assert described(config)["name"] == "default"
    own = described(config, ServicePrincipal="observabilityadmin.amazonaws.com")
    assert own["recordingScope"] == "INTERNAL" and own["arn"] == made["Arn"]
    assert status(config, Arn=made["Arn"])["recording"] is True
    for call in (config.stop_configuration_recorder, config.start_configuration_recorder, config.delete_configuration_recorder):
        assert refused(call, ConfigurationRecorderName=name)[0] == "UnmodifiableEntityException"
    listed = [s for page in config.get_paginator("list_configuration_recorders").paginate(PaginationConfig={"PageSize": 1})
              for s in page["ConfigurationRecorderSummaries"]] if config.can_paginate("list_configuration_recorders") else None
    everything = config.list_configuration_recorders()["ConfigurationRecorderSummaries"]
    assert [s["name"] for s in everything] == [name, "default"] and listed in (None, everything)
    first = config.list_configuration_recorders(MaxResults=1)
    second = config.list_configuration_recorders(MaxResults=1, NextToken=first["NextToken"])
    assert first["ConfigurationRecorderSummaries"] + second["ConfigurationRecorderSummaries"] == everything and not second.get("NextToken")
    internal = config.list_configuration_recorders(Filters=[{"filterName": "recordingScope", "filterValue": ["INTERNAL"]}])
    assert [s["servicePrincipal"] for s in internal["ConfigurationRecorderSummaries"]] == ["observabilityadmin.amazonaws.com"]
    assert config.delete_service_linked_configuration_recorder(ServicePrincipal="observabilityadmin.amazonaws.com")["Name"] == name
    assert refused(config.delete_service_linked_configuration_recorder, ServicePrincipal="observabilityadmin.amazonaws.com")[0] == "NoSuchConfigurationRecorderException"


def test_each_region_sees_the_one_recorder_as_its_own(asked, config):
    put(config)
    other = asked.client("ap-south-1")
    here, there = described(config), described(other)
    assert there.pop("arn") == here.pop("arn").replace(REGION, "ap-south-1") and here == there
    assert refused(put, other, name="second")[0] == "MaxNumberOfConfigurationRecordersExceededException"
    other.delete_configuration_recorder(ConfigurationRecorderName="default")
    assert config.describe_configuration_recorders()["ConfigurationRecorders"] == []


def test_a_recorder_has_tags(asked, config):
    config.put_configuration_recorder(ConfigurationRecorder={"name": "default", "roleARN": ROLE}, Tags=[{"Key": "team", "Value": "a"}])
    config.put_configuration_recorder(ConfigurationRecorder={"name": "default", "roleARN": ROLE}, Tags=[{"Key": "team", "Value": "b"}])
    arn = described(config)["arn"]

    def tags():
        return {t["Key"]: t["Value"] for t in config.list_tags_for_resource(ResourceArn=arn)["Tags"]}

    assert tags() == {"team": "a"}
    config.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "c"}, {"Key": "x", "Value": ""}])
    assert tags() == {"team": "c", "x": ""}
    error = refused(config.tag_resource, ResourceArn=arn, Tags=[{"Key": f"k{n}", "Value": "v"} for n in range(49)])
    assert error[0] == "TooManyTagsException"
    config.untag_resource(ResourceArn=arn, TagKeys=["team", "none"])
    assert tags() == {"x": ""}
    assert refused(config.list_tags_for_resource, ResourceArn=arn + "x")[0] == "ResourceNotFoundException"
