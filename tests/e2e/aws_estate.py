# SPDX-License-Identifier: Apache-2.0
"""A small AWS account with something of each type the catalogue describes in full."""

import io
import json
import zipfile

REGION = "us-east-1"
AZS = [REGION + "a", REGION + "b"]
ACCOUNT = "123456789012"


def policy(action, resource="*", **more):
    return json.dumps({"Version": "2012-10-17",
                       "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource, **more}]})


def tags(kind, **pairs):
    return [{"ResourceType": kind, "Tags": pair_list(pairs)}]


def pair_list(pairs, key="Key", value="Value"):
    return [{key: k, value: v} for k, v in pairs.items()]


def make_network(ec2):
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16", TagSpecifications=tags("vpc", Name="true", size="1"))["Vpc"]["VpcId"]
    ec2.associate_vpc_cidr_block(VpcId=vpc, AmazonProvidedIpv6CidrBlock=True)
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.20.{n}.0/24", AvailabilityZone=az)["Subnet"]["SubnetId"]
               for n, az in enumerate(AZS)]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnets[0])
    web, app = [ec2.create_security_group(GroupName=name, Description=f"{name} <&> \u00e9", VpcId=vpc)["GroupId"]
                for name in ("web", "app")]
    ec2.authorize_security_group_ingress(GroupId=web, IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
         "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "all"}, {"CidrIp": "10.0.0.0/8"}]}])
    ec2.authorize_security_group_ingress(GroupId=app, IpPermissions=[
        {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": web, "Description": "from web"}]}])
    return vpc, subnets, [web, app]


def make_machines(ec2, subnet, groups, key):
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    instances = ec2.run_instances(ImageId=image, MinCount=2, MaxCount=2, InstanceType="t3.micro", SubnetId=subnet,
                                  SecurityGroupIds=groups, TagSpecifications=tags("instance", Name="i", port="0080"))
    volume = ec2.create_volume(AvailabilityZone=AZS[0], Size=10, VolumeType="gp3", Encrypted=True, KmsKeyId=key,
                               Iops=3000, TagSpecifications=tags("volume", Name="spare"))["VolumeId"]
    instance = instances["Instances"][0]["InstanceId"]
    ec2.attach_volume(VolumeId=volume, InstanceId=instance, Device="/dev/sdf")
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ec2.associate_address(AllocationId=address, InstanceId=instance)
    return image


def make_people(iam):
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                                                    "Principal": {"Service": "lambda.amazonaws.com"}}]}
    arn = iam.create_policy(PolicyName="reader", PolicyDocument=policy("s3:Get*"))["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy("s3:List*"), SetAsDefault=True)
    iam.create_role(RoleName="app", Path="/svc/", AssumeRolePolicyDocument=json.dumps(trust), Description="d",
                    MaxSessionDuration=7200, Tags=pair_list({"team": "x"}), PermissionsBoundary=arn)
    iam.attach_role_policy(RoleName="app", PolicyArn=arn)
    iam.put_role_policy(RoleName="app", PolicyName="inline", PolicyDocument=policy("*"))
    iam.create_instance_profile(InstanceProfileName="profile")
    iam.add_role_to_instance_profile(InstanceProfileName="profile", RoleName="app")
    iam.create_user(UserName="bob", Tags=pair_list({"u": "1"}))
    iam.create_group(GroupName="dev")
    iam.add_user_to_group(GroupName="dev", UserName="bob")
    iam.attach_user_policy(UserName="bob", PolicyArn=arn)
    iam.put_user_policy(UserName="bob", PolicyName="own", PolicyDocument=policy("s3:Get*"))
    iam.attach_group_policy(GroupName="dev", PolicyArn=arn)
    iam.put_group_policy(GroupName="dev", PolicyName="own", PolicyDocument=policy("s3:Get*"))
    return "arn:aws:iam::%s:role/svc/app" % ACCOUNT


def make_buckets(s3, key, queue):
    for name in ("full", "logs", "empty"):
        s3.create_bucket(Bucket=name)
    s3.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    s3.put_object_lock_configuration(Bucket="locked", ObjectLockConfiguration={
        "ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 3}}})
    s3.create_bucket(Bucket="abroad", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    for name in ("full", "logs"):
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_policy(Bucket="full", Policy=policy("s3:*", "arn:aws:s3:::full/*", Principal="*"))
    s3.put_bucket_encryption(Bucket="full", ServerSideEncryptionConfiguration={"Rules": [
        {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key},
         "BucketKeyEnabled": True}]})
    s3.put_public_access_block(Bucket="full", PublicAccessBlockConfiguration={
        "BlockPublicAcls": True, "IgnorePublicAcls": False, "BlockPublicPolicy": True, "RestrictPublicBuckets": False})
    s3.put_bucket_acl(Bucket="logs", ACL="log-delivery-write")
    s3.put_bucket_logging(Bucket="full", BucketLoggingStatus={
        "LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "l/"}})
    s3.put_bucket_lifecycle_configuration(Bucket="full", LifecycleConfiguration={"Rules": [
        {"ID": "one", "Status": "Enabled", "Filter": {"Prefix": "a/"}, "Expiration": {"Days": 30},
         "Transitions": [{"Days": 10, "StorageClass": "GLACIER"}],
         "NoncurrentVersionExpiration": {"NoncurrentDays": 9},
         "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 3}},
        {"ID": "two", "Status": "Disabled", "Expiration": {"Days": 5},
         "Filter": {"And": {"Prefix": "z/", "Tags": pair_list({"k": "v"})}}}]})
    s3.put_bucket_tagging(Bucket="full", Tagging={"TagSet": pair_list({"App": "true", "n": "007"})})
    s3.put_bucket_website(Bucket="full", WebsiteConfiguration={
        "IndexDocument": {"Suffix": "i.html"}, "RoutingRules": [
            {"Condition": {"KeyPrefixEquals": "d/"}, "Redirect": {"ReplaceKeyPrefixWith": "e/", "HostName": "h",
                                                                  "Protocol": "https", "HttpRedirectCode": "301"}}]})
    s3.put_bucket_cors(Bucket="full", CORSConfiguration={"CORSRules": [
        {"ID": "c", "AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "ExposeHeaders": ["ETag", "x"],
         "MaxAgeSeconds": 30}]})
    s3.put_bucket_notification_configuration(Bucket="full", NotificationConfiguration={"QueueConfigurations": [
        {"Id": "n", "QueueArn": queue, "Events": ["s3:ObjectCreated:*"],
         "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "a/"}]}}}]})
    s3.put_bucket_replication(Bucket="full", ReplicationConfiguration={
        "Role": "arn:aws:iam::%s:role/svc/app" % ACCOUNT, "Rules": [
            {"ID": "r", "Status": "Enabled", "Priority": 1, "Filter": {"Prefix": "p/"},
             "Destination": {"Bucket": "arn:aws:s3:::logs"}, "DeleteMarkerReplication": {"Status": "Disabled"}}]})
    s3.put_bucket_accelerate_configuration(Bucket="full", AccelerateConfiguration={"Status": "Enabled"})


def make_functions(lam, role, subnet, group, queue):
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as z:
        z.writestr("h.py", "def h(event, context): pass")
    for name, more in (("plain", {}),
                       ("full", {"Environment": {"Variables": {"FirstName": "x", "debug": "true"}}, "Tags": {"Aa": "b"},
                                 "VpcConfig": {"SubnetIds": [subnet], "SecurityGroupIds": [group]},
                                 "DeadLetterConfig": {"TargetArn": queue}, "TracingConfig": {"Mode": "Active"}})):
        lam.create_function(FunctionName=name, Runtime="python3.12", Role=role, Handler="h.h",
                            Code={"ZipFile": code.getvalue()}, **more)
    lam.add_permission(FunctionName="full", StatementId="s", Action="lambda:InvokeFunction",
                       Principal="s3.amazonaws.com")
    lam.put_function_concurrency(FunctionName="full", ReservedConcurrentExecutions=5)


def make_databases(rds, dynamodb, subnets, group, key):
    rds.create_db_subnet_group(DBSubnetGroupName="sn", DBSubnetGroupDescription="d", SubnetIds=subnets)
    rds.create_db_instance(DBInstanceIdentifier="db1", DBInstanceClass="db.t3.micro", Engine="postgres",
                           AllocatedStorage=20, MasterUsername="u", MasterUserPassword="not-a-secret",
                           DBSubnetGroupName="sn", VpcSecurityGroupIds=[group], MultiAZ=True,
                           Tags=pair_list({"d": "1"}))
    dynamodb.create_table(
        TableName="t1", BillingMode="PAY_PER_REQUEST", Tags=pair_list({"a": "b"}),
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in "kg"],
        GlobalSecondaryIndexes=[{"IndexName": "gix", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
                                 "Projection": {"ProjectionType": "ALL"}}],
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key},
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
    for n in range(3):
        dynamodb.create_table(TableName=f"more{n}", BillingMode="PAY_PER_REQUEST",
                              KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
                              AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}])
    dynamodb.update_continuous_backups(
        TableName="t1", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})


def make_fleet(elb, autoscaling, vpc, subnets, group, image):
    elb.create_load_balancer(Name="lb1", Subnets=subnets, SecurityGroups=[group], Tags=pair_list({"l": "b"}))
    target = elb.create_target_group(Name="tg1", Protocol="HTTP", Port=80, VpcId=vpc)["TargetGroups"][0]
    autoscaling.create_launch_configuration(LaunchConfigurationName="lc", ImageId=image, InstanceType="t3.micro",
                                            SecurityGroups=[group])
    autoscaling.create_auto_scaling_group(
        AutoScalingGroupName="asg1", LaunchConfigurationName="lc", MinSize=1, MaxSize=2, DesiredCapacity=1,
        VPCZoneIdentifier=",".join(subnets), TargetGroupARNs=[target["TargetGroupArn"]],
        Tags=[{"Key": "n", "Value": "v", "PropagateAtLaunch": True}])
    autoscaling.put_lifecycle_hook(AutoScalingGroupName="asg1", LifecycleHookName="h1", HeartbeatTimeout=60,
                                   LifecycleTransition="autoscaling:EC2_INSTANCE_TERMINATING")


def make_queues(sqs, key):
    first = sqs.create_queue(QueueName="q1", tags={"Tt": "1"}, Attributes={"KmsMasterKeyId": key})["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=first, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sqs.create_queue(QueueName="q2", Attributes={
        "RedrivePolicy": json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "3"})})
    return arn


def make(client):
    """All of it; @client gives a boto3 client for a service."""
    kms = client("kms")
    key = kms.create_key(Description="k", Tags=pair_list({"a": "b"}, "TagKey", "TagValue"))["KeyMetadata"]["Arn"]
    kms.enable_key_rotation(KeyId=key)
    vpc, subnets, groups = make_network(client("ec2"))
    image = make_machines(client("ec2"), subnets[0], groups, key)
    role = make_people(client("iam"))
    queue = make_queues(client("sqs"), key)
    make_buckets(client("s3"), key, queue)
    make_functions(client("lambda"), role, subnets[0], groups[0], queue)
    make_databases(client("rds"), client("dynamodb"), subnets, groups[0], key)
    make_fleet(client("elbv2"), client("autoscaling"), vpc, subnets, groups[0], image)
    client("cloudtrail").create_trail(Name="trail", S3BucketName="logs", S3KeyPrefix="ct", IsMultiRegionTrail=True,
                                      TagsList=pair_list({"z": "y"}), KmsKeyId=key)
    client("ecs").create_cluster(clusterName="c1", tags=pair_list({"a": "b"}, "key", "value"),
                                 settings=[{"name": "containerInsights", "value": "enabled"}])
