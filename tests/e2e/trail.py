# SPDX-License-Identifier: Apache-2.0
"""What CloudTrail would tell of the calls that tests make: an emulator tells nothing by itself. Members are
spelled as CloudTrail spells them, which is not how the API does: lists of EC2 are `xSet.items`, the first letter
of a member is small."""

import datetime
import json
import uuid

ACCOUNT = "123456789012"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"


def record(source, name, request=None, response=None, who=ALICE, region="us-east-1", **more):
    now = datetime.datetime.now(datetime.timezone.utc)
    return {
        "eventVersion": "1.09",
        "userIdentity": {"type": "IAMUser", "principalId": "AIDAEXAMPLE", "arn": who, "accountId": ACCOUNT, "userName": who.rsplit("/")[-1]},
        "eventTime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": f"{source}.amazonaws.com",
        "eventName": name,
        "awsRegion": region,
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2.17",
        "requestParameters": request,
        "responseElements": response,
        "requestID": str(uuid.uuid4()),
        "eventID": str(uuid.uuid4()),
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
        **more,
    }


def bridged(r):
    """The same as EventBridge hands it on."""
    return {"version": "0", "id": str(uuid.uuid4()), "detail-type": "AWS API Call via CloudTrail",
            "source": "aws." + r["eventSource"].split(".")[0], "account": ACCOUNT, "time": r["eventTime"],
            "region": r["awsRegion"], "resources": [], "detail": r}


def notified(event):
    """The same as SNS wraps it for a queue."""
    return {"Type": "Notification", "MessageId": str(uuid.uuid4()), "TopicArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:changes",
            "Message": json.dumps(event), "Timestamp": event.get("time", "")}


def items(**members):
    """{"items": [{...}]} of one member's values."""
    (key, values), = members.items()
    return {"items": [{key: v} for v in values]}
