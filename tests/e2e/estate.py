# SPDX-License-Identifier: Apache-2.0
"""A few resources of many types, made in a second: what most tests record."""

import json

REGIONS = ("us-east-1", "eu-west-1")
# What build() makes, and a few it does not make: a sweep of the whole catalogue is a matter of minutes.
TYPES = ",".join(
    ["AWS::EC2::" + t for t in ("Instance", "SecurityGroup", "VPC", "Subnet", "RouteTable", "Volume", "NetworkInterface",
                                "InternetGateway", "NetworkAcl", "VPNGateway", "EIP")]
    + ["AWS::IAM::" + t for t in ("Role", "User", "Group", "Policy")]
    + ["AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::Lambda::Function", "AWS::ECS::Cluster",
       "AWS::RDS::DBInstance", "AWS::CloudTrail::Trail", "AWS::AutoScaling::AutoScalingGroup",
       "AWS::ElasticLoadBalancingV2::LoadBalancer"])
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]})


def named(kind, name):
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}, {"Key": "team", "Value": "ünïcode & <co>"}]}]


def regional(moto, region):
    ec2 = moto.client("ec2", region)
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16", TagSpecifications=named("vpc", "v1"))["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24", AvailabilityZone=f"{region}a")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="web", Description='say "hi"', VpcId=vpc)["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
    volume = ec2.create_volume(AvailabilityZone=f"{region}a", Size=8, TagSpecifications=named("volume", "disk"))["VolumeId"]
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    instance = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.micro", SubnetId=subnet,
                                 SecurityGroupIds=[group], TagSpecifications=named("instance", "web-1"))["Instances"][0]["InstanceId"]
    queue = moto.client("sqs", region).create_queue(QueueName="jobs", tags={"a": "1"})["QueueUrl"]
    moto.client("dynamodb", region).create_table(
        TableName="orders", BillingMode="PAY_PER_REQUEST", Tags=[{"Key": "t", "Value": "x"}],
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}])
    moto.client("kms", region).create_key(Description="k")
    return {"vpc": vpc, "subnet": subnet, "group": group, "volume": volume, "instance": instance, "queue": queue}


def build(moto, regions=REGIONS):
    """Returns what was made: region -> kind -> id."""
    s3 = moto.client("s3")
    for bucket in ("logs-bucket", "plain-bucket"):
        s3.create_bucket(Bucket=bucket)
    s3.put_bucket_tagging(Bucket="logs-bucket", Tagging={"TagSet": [{"Key": "App", "Value": "x"}]})
    s3.put_bucket_versioning(Bucket="logs-bucket", VersioningConfiguration={"Status": "Enabled"})
    s3.create_bucket(Bucket="irish-bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    iam = moto.client("iam")
    iam.create_role(RoleName="app", AssumeRolePolicyDocument=TRUST)
    policy = iam.create_policy(PolicyName="read", PolicyDocument=POLICY)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="app", PolicyArn=policy)
    iam.create_group(GroupName="dev")
    iam.create_user(UserName="bob", Tags=[{"Key": "u", "Value": "1"}])
    iam.add_user_to_group(GroupName="dev", UserName="bob")
    return {region: regional(moto, region) for region in regions}
