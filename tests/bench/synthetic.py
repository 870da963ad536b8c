# SPDX-License-Identifier: Apache-2.0
"""A synthetic estate: what sweeps of ninety days would have seen, from a seed.

Networks with public and private subnets, instances with volumes and security groups, buckets, functions; machines
are stopped, retagged, replaced, ports are opened and closed, thirty machines more than others. What is written are
observations, one JSON object a line; an empty line ends a sweep, in which nothing stands twice.
Who did it and what rules found are told beside, as no recorder knows them yet.
"""
import json
import random

DAY = 86400000
END = 1795356000000  # 2026-11-22 14:00:00 UTC: the store's "now"
START = END - 90 * DAY
FOREVER = 253402300799000
ACCOUNTS = ["111122223333", "444455556666"]
REGIONS = ["eu-west-1", "us-east-1"]
PEOPLE = ["alice", "bob", "carol", "ci-deploy", "terraform", "autoscaling"]
SIZES = ["t3.micro", "t3.large", "m5.large", "c6i.xlarge"]
PORTS = [22, 80, 3306, 8080]
NETS = ["0.0.0.0/0", "10.0.0.0/8", "192.168.0.0/16"]
SWEEP_ROWS = 4000


class Thing:
    def __init__(self, kind, id, account, region, az="Not Applicable", **facts):
        self.kind, self.id, self.account, self.region, self.az = kind, id, account, region, az
        self.gone = False
        self.last = None
        self.verdicts = {}
        self.__dict__.update(facts)

    @property
    def key(self):
        return (self.kind, self.id, self.account, self.region)


class Estate:
    def __init__(self, seed, items):
        self.random = random.Random(seed)
        self.items = items
        self.scale = items / 50000
        self.out = []       # (ms, key, az, configuration or None, tags, actor)
        self.verdicts = []  # [key, rule, result, annotation, since, until]
        self.serial = 0
        self.subnets, self.groups, self.instances, self.volumes, self.buckets, self.functions = [], [], [], [], [], []

    def hex(self, prefix):
        return f"{prefix}-0{self.random.getrandbits(64):016x}"

    def choice(self, list):
        return self.random.choice(list)

    def place(self):
        return self.choice(ACCOUNTS), self.choice(REGIONS)

    def see(self, ms, thing, configuration, tags, actor=None):
        """False: it is as it was."""
        if thing.last == (configuration, tags):
            return False
        thing.last = (configuration, dict(tags))
        self.out.append((ms, thing.key, thing.az, configuration, dict(tags), actor))
        return True

    def remove(self, ms, thing, actor):
        thing.gone, thing.last = True, None
        self.out.append((ms, thing.key, None, None, {}, actor))
        for rule in list(thing.verdicts):
            thing.verdicts.pop(rule)[5] = ms

    def judge(self, ms, thing, rule, good, why=None):
        result = "COMPLIANT" if good else "NON_COMPLIANT"
        before = thing.verdicts.get(rule)
        if before and before[2] == result:
            return
        if before:
            before[5] = ms
        thing.verdicts[rule] = [thing.key, rule, result, None if good else why, ms, FOREVER]
        self.verdicts.append(thing.verdicts[rule])

    def tags(self, name=None, likely=0.85):
        tags = {"Name": name} if name else {}
        for key, values in (("Owner", ["payments", "search", "platform", "it's \"data\""]), ("Env", ["prod", "staging", "dev"])):
            if self.random.random() < likely:
                tags[key] = self.choice(values)
        return tags

    # -- networks

    def network(self, n):
        account, region = self.place()
        at = START + n * 40
        vpc = Thing("AWS::EC2::VPC", self.hex("vpc"), account, region)
        self.see(at, vpc, {"vpcId": vpc.id, "cidrBlock": f"10.{n % 250}.0.0/16", "state": "available", "isDefault": False}, self.tags(f"net{n}", 1))
        gateway = Thing("AWS::EC2::InternetGateway", self.hex("igw"), account, region, "Multiple Availability Zones")
        self.see(at + 1, gateway, {"internetGatewayId": gateway.id, "attachments": [{"vpcId": vpc.id, "state": "available"}]}, {})
        subnets = []
        for i in range(6):
            az = region + "abc"[i % 3]
            subnet = Thing("AWS::EC2::Subnet", self.hex("subnet"), account, region, az, public=i < 2, vpc=vpc)
            self.see(at + 2 + i, subnet, {"subnetId": subnet.id, "vpcId": vpc.id, "cidrBlock": f"10.{n % 250}.{i * 16}.0/20",
                                          "mapPublicIpOnLaunch": subnet.public, "availabilityZone": az}, self.tags(None, 1))
            subnets.append(subnet)
        self.subnets += subnets
        for i, public in enumerate((True, False)):
            table = Thing("AWS::EC2::RouteTable", self.hex("rtb"), account, region)
            routes = [{"destinationCidrBlock": f"10.{n % 250}.0.0/16", "gatewayId": "local", "state": "active"}]
            if public:
                routes.append({"destinationCidrBlock": "0.0.0.0/0", "gatewayId": gateway.id, "state": "active"})
            self.see(at + 10 + i, table, {"routeTableId": table.id, "vpcId": vpc.id, "routes": routes, "associations": [
                {"routeTableAssociationId": f"rtbassoc-{s.id[7:]}", "subnetId": s.id, "main": False} for s in subnets if s.public == public]}, {})
        for i in range(12):
            group = Thing("AWS::EC2::SecurityGroup", self.hex("sg"), account, region, vpc=vpc, name=f"sg-{n}-{i}", label=self.tags(None, .9),
                          ports=[(443, "10.0.0.0/8")])
            self.groups.append(group)
            self.see_group(at + 12 + i, group)

    def see_group(self, ms, group, actor=None):
        seen = self.see(ms, group, {"groupId": group.id, "groupName": group.name, "vpcId": group.vpc.id, "ipPermissions": [
            {"ipProtocol": "tcp", "fromPort": port, "toPort": port, "ipv4Ranges": [{"cidrIp": net}]} for port, net in group.ports]}, group.label, actor)
        if seen:
            self.judge(ms + 800, group, "restricted-ssh", (22, "0.0.0.0/0") not in group.ports)

    # -- machines

    def see_instance(self, ms, i, actor=None):
        subnet = i.subnet
        configuration = {
            "instanceId": i.id, "imageId": i.image, "instanceType": i.size, "privateIpAddress": i.ip, "launchTime": i.launch,
            "state": {"code": 16 if i.state == "running" else 80, "name": i.state}, "subnetId": subnet.id, "vpcId": subnet.vpc.id,
            "securityGroups": [{"groupId": g.id, "groupName": g.name} for g in i.groups],
            "blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"volumeId": i.volume.id, "deleteOnTermination": True, "status": "attached"}}],
            "monitoring": {"state": i.monitoring}, "ebsOptimized": False, "architecture": "x86_64", "hypervisor": "xen",
            "virtualizationType": "hvm", "rootDeviceType": "ebs", "sourceDestCheck": True,
            "metadataOptions": {"httpTokens": i.tokens, "httpEndpoint": "enabled", "httpPutResponseHopLimit": 1, "state": "applied"},
            "cpuOptions": {"coreCount": 1, "threadsPerCore": 2}, "placement": {"availabilityZone": subnet.az, "tenancy": "default"}}
        if subnet.public:
            configuration["publicIpAddress"] = i.public_ip
        if self.see(ms, i, configuration, i.label, actor):
            self.judge(ms + 1500, i, "ec2-imdsv2-check", i.tokens == "required")
            self.judge(ms + 1500, i, "required-tags", "Owner" in i.label, "missing tag Owner")

    def see_volume(self, ms, v, actor=None):
        attached = [{"instanceId": v.instance.id, "device": "/dev/xvda", "state": "attached"}] if v.instance else []
        if self.see(ms, v, {"volumeId": v.id, "size": v.size, "volumeType": v.form, "encrypted": v.encrypted, "iops": 3000,
                            "state": "in-use" if attached else "available", "attachments": attached, "availabilityZone": v.az}, v.label, actor):
            self.judge(ms + 900, v, "encrypted-volumes", v.encrypted)

    def new_instance(self, ms, actor):
        subnet, r = self.choice(self.subnets), self.random
        i = Thing("AWS::EC2::Instance", self.hex("i"), subnet.account, subnet.region, subnet.az, subnet=subnet, image=f"ami-{r.getrandbits(32):08x}",
                  size=self.choice(SIZES), ip=f"10.{r.randrange(9)}.{r.randrange(255)}.{r.randrange(255)}", state="running",
                  public_ip=f"54.1.{r.randrange(255)}.{r.randrange(255)}", monitoring="disabled", tokens=self.choice(["optional", "required"]),
                  launch=f"2026-{r.randrange(1, 10):02d}-{r.randrange(1, 28):02d}T00:00:00.000Z", label=self.tags(f"web-{len(self.instances)}", .8))
        i.groups = self.some_groups(subnet)
        i.volume = Thing("AWS::EC2::Volume", self.hex("vol"), subnet.account, subnet.region, subnet.az, size=self.choice([8, 20, 100, 500]),
                         form=self.choice(["gp2", "gp3"]), encrypted=r.random() < .7, instance=i, label=self.tags(None, .6))
        self.see_instance(ms, i, actor)
        self.see_volume(ms + 700, i.volume)
        self.instances.append(i)
        self.volumes.append(i.volume)

    def some_groups(self, subnet):
        if not hasattr(subnet.vpc, "groups"):
            subnet.vpc.groups = [g for g in self.groups if g.vpc is subnet.vpc]
        return self.random.sample(subnet.vpc.groups, self.random.randrange(1, 4))

    def change_instance(self, ms, i, who):
        what = self.random.random()
        if what < .3:
            i.state = "stopped" if i.state == "running" else "running"
        elif what < .5:
            i.groups = self.some_groups(i.subnet)
        elif what < .65:
            i.size = self.choice(SIZES)
        elif what < .75:
            i.tokens = "required" if self.random.random() < .8 else "optional"
        elif what < .9:
            if "Owner" in i.label and self.random.random() < .4:
                del i.label["Owner"]
            else:
                i.label["Owner"] = self.choice(["payments", "search", "platform", "data"])
        elif what < .95:
            i.monitoring = "enabled" if i.monitoring == "disabled" else "disabled"
        else:
            self.remove(ms, i, who)
            i.volume.instance = None
            if self.random.random() < .7:
                self.remove(ms + 300, i.volume, who)
            else:
                self.see_volume(ms + 300, i.volume, who)
            if self.random.random() < .9:
                self.new_instance(ms + 1000, who)
            return
        self.see_instance(ms, i, who)

    # -- the rest

    def see_bucket(self, ms, b, actor=None):
        if self.see(ms, b, {"name": b.id, "owner": {"id": "o"}, "creationDate": b.created,
                            "versions": b.versions, "open": b.open}, b.label, actor):
            self.judge(ms + 500, b, "s3-bucket-public-read-prohibited", not b.open)

    def see_function(self, ms, f, actor=None):
        self.see(ms, f, {"functionName": f.id, "memorySize": f.memory, "codeSha256": f.sha, "runtime": "python3.11", "timeout": 30,
                         "environment": {"variables": {"LOG": "info"}}}, f.label, actor)

    def populate(self):
        for n in range(max(2, int(8 * self.scale))):
            self.network(n)
        early = lambda: START + int(self.random.uniform(.001, .1) * 90 * DAY)
        for ms in sorted(early() for _ in range(max(8, int(1200 * self.scale)))):
            self.new_instance(ms, self.choice(PEOPLE))
        for n in range(max(4, int(400 * self.scale))):
            account, region = self.place()
            b = Thing("AWS::S3::Bucket", f"bucket-{n}-{account[:4]}", account, region, "Regional", versions=0, open=self.random.random() < .1,
                      created="2026-01-01T00:00:00.000Z", label=self.tags(None, .7))
            self.buckets.append(b)
            self.see_bucket(early(), b)
        for n in range(max(4, int(600 * self.scale))):
            account, region = self.place()
            f = Thing("AWS::Lambda::Function", f"fn-{n}", account, region, memory=128, sha=f"{self.random.getrandbits(128):032x}", label=self.tags(None, .5))
            self.functions.append(f)
            self.see_function(early(), f)

    def change(self, ms, hot):
        who, what = self.choice(PEOPLE), self.random.random()
        if what < .45:
            i = self.choice(hot) if self.random.random() < .25 else self.choice(self.instances)
            if not i.gone:
                self.change_instance(ms, i, who)
        elif what < .55:
            v = self.choice(self.volumes)
            if not v.gone:
                v.size += 10
                self.see_volume(ms, v, who)
        elif what < .65:
            g = self.choice(self.groups)
            if len(g.ports) > 1 and self.random.random() < .5:
                g.ports = g.ports[:-1]
            else:
                g.ports = g.ports + [(self.choice(PORTS), self.choice(NETS))]
            self.see_group(ms, g, who)
        elif what < .7:
            b = self.choice(self.buckets)
            b.open = not b.open if self.random.random() < .4 else b.open
            b.versions += 1
            self.see_bucket(ms, b, who)
        else:
            f = self.choice(self.functions)
            f.sha = f"{self.random.getrandbits(128):032x}"
            if self.random.random() < .2:
                f.memory = self.choice([128, 256, 512])
            self.see_function(ms, f, who)

    def run(self):
        self.populate()
        hot = self.random.choices(self.instances, k=max(3, int(30 * self.scale)))
        missing = max(0, self.items - len(self.out))
        moments = sorted(START + int(self.random.uniform(.1, .9995) * 90 * DAY) for _ in range(int(missing * 1.2)))
        for ms in moments:
            if len(self.out) >= self.items:
                break
            self.change(ms, hot)
        self.out.sort(key=lambda o: o[0])
        return self


def sweeps(estate):
    """The observations, a resource at most once in a sweep and each resource's own in the order of time."""
    out, last, floor = [[]], {}, 0
    for o in estate.out:
        n = max(floor, last.get(o[1], -1) + 1)
        if n == len(out):
            out.append([])
        out[n].append(o)
        last[o[1]] = n
        while floor < len(out) - 1 and len(out[floor]) >= SWEEP_ROWS:
            floor += 1
        if len(out[floor]) >= SWEEP_ROWS:
            out.append([])
            floor += 1
    return out


def write(estate, file):
    """The observations as the loader reads them."""
    for sweep in sweeps(estate):
        for ms, key, az, configuration, tags, _ in sweep:
            line = {"at": ms, "type": key[0], "id": key[1], "account": key[2], "region": key[3]}
            if configuration is None:
                line["gone"] = True
            else:
                line.update(az=az, configuration=configuration, tags=tags)
            file.write(json.dumps(line, separators=(",", ":")) + "\n")
        file.write("\n")
