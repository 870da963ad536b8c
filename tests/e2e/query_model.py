# SPDX-License-Identifier: Apache-2.0
"""AWS Config's advanced queries by brute force: another reading of the language, over the items themselves. It shares
nothing with the program but the lists of what the service's schema says of properties."""

import functools
import ipaddress
import itertools
import json
import pathlib
import re

SCHEMA = (pathlib.Path(__file__).resolve().parents[2] / "src/api/query_property.def").read_text()
NUMBERS, ADDRESSES, WRAPPED = ({"configuration." + p for p in re.findall(kind + r'\("([^"]+)"\)', SCHEMA)}
                               for kind in ("NUMBER", "ADDRESS", "WRAPPED"))
STAR = ["accountId", "awsRegion", "arn", "availabilityZone", "configurationItemCaptureTime", "resourceCreationTime", "resourceId",
        "resourceName", "resourceType", "version"]
COLUMNS = STAR + ["configurationItemStatus", "configurationStateId", "recordingFrequency", "configurationItemDeliveryTime"]
PARTS = ["configuration", "supplementaryConfiguration", "tags", "relationships"]
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?\Z", re.A)


class Number(str):
    """A number as it is written."""


def loads(text):
    return json.loads(text, parse_int=Number, parse_float=Number)


# ---- Reading ----

TOKEN = re.compile(r"""(?P<space>[ \t\r\n]+)|(?P<text>'(?:[^']|'')*')|(?P<number>[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.]))
    |(?P<name>(?:[A-Za-z_]\w*|"(?:[^"]|"")*"|`(?:[^`]|``)*`)(?:\.(?:\w+|"(?:[^"]|"")*"|`(?:[^`]|``)*`))*)
    |(?P<symbol><>|!=|<=|>=|[<>=,()*;])""", re.X | re.A)
PART = re.compile(r'"((?:[^"]|"")*)"|`((?:[^`]|``)*)`|(\w+)', re.A)


def tokens(text):
    at, out = 0, []
    while at < len(text):
        m = TOKEN.match(text, at)
        assert m, text[at:]
        if m.lastgroup != "space":
            out.append((m.lastgroup, m.group(), m.start(), m.end()))
        at = m.end()
    return out + [("end", "", at, at)]


def parts_of(name):
    return tuple(m[0].replace('""', '"') if m[0] else m[1].replace("``", "`") if m[1] else m[2] for m in PART.findall(name))


class Parser:
    def __init__(self, text):
        self.text, self.tokens, self.at = text, tokens(text), 0

    def key(self, *words):
        for i, w in enumerate(words):
            kind, text, _, _ = self.tokens[min(self.at + i, len(self.tokens) - 1)]
            if not (kind == "name" and text.upper() == w or kind == "symbol" and text == w):
                return False
        self.at += len(words)
        return True

    def take(self, kind):
        got, text, _, _ = self.tokens[self.at]
        assert got == kind, (self.text, kind, text)
        self.at += 1
        return text

    def item(self):
        start = self.tokens[self.at][2]
        if self.key("*"):
            item = ("*", None)
        elif self.tokens[self.at + 1][1] == "(":
            function = self.take("name").upper()
            assert self.key("(")
            item = (function, None if self.key("*") else parts_of(self.take("name")))
            assert self.key(")")
        else:
            item = ("", parts_of(self.take("name")))
        return (*item, self.text[start:self.tokens[self.at - 1][3]])

    def list(self, one):
        out = [one()]
        while self.key(","):
            out.append(one())
        return out

    def order(self):
        item = self.item()
        descending = self.key("DESC")
        if not descending:
            self.key("ASC")
        return (*item, descending)

    def value(self):
        kind, text, _, _ = self.tokens[self.at]
        self.at += 1
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            return Number(re.sub(r"^(-?)0+(?=\d)", r"\1", text.lstrip("+")))
        return {"TRUE": True, "FALSE": False}[text.upper()]

    def test(self):
        if self.key("NOT"):
            return ("NOT", self.test())
        if self.key("("):
            inner = self.condition()
            assert self.key(")")
            return inner
        name = parts_of(self.take("name"))
        if self.key("BETWEEN"):
            low = self.value()
            assert self.key("AND")
            return ("between", name, [low, self.value()])
        no = "not " if self.key("NOT") else ""
        if self.key("IN", "("):
            values = self.list(self.value)
            assert self.key(")")
            return (no + "in", name, values)
        if self.key("LIKE"):
            return (no + "like", name, [self.value()])
        op = self.take("symbol")
        return ("<>" if op == "!=" else op, name, [self.value()])

    def both(self):
        out = self.test()
        while self.key("AND"):
            out = ("AND", out, self.test())
        return out

    def condition(self):
        out = self.both()
        while self.key("OR"):
            out = ("OR", out, self.both())
        return out

    def query(self):
        assert self.key("SELECT")
        q = {"select": self.list(self.item), "where": None, "group": [], "order": []}
        if self.key("WHERE"):
            q["where"] = self.condition()
        if self.key("GROUP", "BY"):
            q["group"] = self.list(self.item)
        if self.key("ORDER", "BY"):
            q["order"] = self.list(self.order)
        self.key(";")
        self.take("end")
        return q


# ---- What an item says ----

def document(item):
    """An item of a file as the queries see it."""
    doc = {to: item.get(of) for of, to in (
        ("awsAccountId", "accountId"), ("awsRegion", "awsRegion"), ("ARN", "arn"), ("availabilityZone", "availabilityZone"),
        ("configurationItemCaptureTime", "configurationItemCaptureTime"), ("resourceCreationTime", "resourceCreationTime"),
        ("resourceId", "resourceId"), ("resourceName", "resourceName"), ("resourceType", "resourceType"),
        ("configurationItemVersion", "version"), ("configurationItemStatus", "configurationItemStatus"),
        ("configurationStateId", "configurationStateId"))}
    doc["configurationStateId"] = str(doc["configurationStateId"])
    doc["configuration"] = item.get("configuration")
    doc["supplementaryConfiguration"] = item["supplementaryConfiguration"]
    doc["tags"] = [{"key": k, "value": v, "tag": f"{k}={v}"} for k, v in item["tags"].items()]
    doc["relationships"] = [{("relationshipName" if k == "name" else k): v for k, v in r.items()} for r in item["relationships"]]
    return {k: v for k, v in doc.items() if v is not None}


def values(doc, path):
    """Everything at a path, objects too."""
    out = []

    def walk(v, i):
        if isinstance(v, list):
            for x in v:
                walk(x, i)
        elif v is None:
            pass
        elif i == len(path):
            out.append(v)
        elif isinstance(v, dict) and path[i] in v:
            walk(v[path[i]], i + 1)
        elif not isinstance(v, dict) and path[i:] == ("value",) and ".".join(path[:i]) in WRAPPED:
            out.append(v)

    walk(doc, 0)
    return out


class Reading:
    """One way to ask: as AWS, or without its limits."""

    def __init__(self, items, aws):
        self.aws = aws
        self.docs = []
        for item in items:
            doc = document(item)
            if aws and not doc["resourceType"].startswith("AWS::"):
                doc.pop("configuration", None)
                doc.pop("supplementaryConfiguration", None)
            self.docs.append(doc)

    def scalars(self, doc, path):
        """The comparable values at a path, typed as the schema says."""
        dotted = ".".join(path)
        if self.aws and dotted in WRAPPED:
            return []
        out = [v for v in values(doc, path) if not isinstance(v, dict)]
        if dotted in NUMBERS:
            out = [Number(v) if isinstance(v, str) and NUMBER.match(v) else v for v in out]
        return out

    # ---- Conditions ----

    def compare(self, v, w, path):
        """-1, 0, 1, or None where there is no order."""
        if path[0] not in ("configuration", "supplementaryConfiguration"):
            v, w = word(v), word(w)
        elif isinstance(v, Number) or isinstance(w, Number):
            if isinstance(v, bool) or isinstance(w, bool) or not NUMBER.match(v) or not NUMBER.match(w):
                return None
            v, w = float(v), float(w)
        else:
            v, w = word(v), word(w)
        if isinstance(v, str):
            v, w = v.encode("utf-8", "surrogatepass"), w.encode("utf-8", "surrogatepass")
        return (v > w) - (v < w)

    def fits(self, op, v, literals, path):
        if ".".join(path) in ADDRESSES:
            ranges = [span(x) for x in (v, *literals)]
            if all(ranges) and op in ("=", "<>", "<", "<=", ">", ">=", "between"):
                return fits_range(op, *ranges)
            if op in ("in", "not in") and ranges[0]:
                hit = any(fits_range("=", ranges[0], r) if r else self.compare(v, w, path) == 0
                          for r, w in zip(ranges[1:], literals))
                return hit == (op == "in")
        if op in ("in", "not in"):
            return any(self.compare(v, w, path) == 0 for w in literals) == (op == "in")
        if op in ("like", "not like"):
            text = path[0] not in ("configuration", "supplementaryConfiguration") or type(v) is str
            pattern = "".join(".*" if c == "%" else "." if c == "_" else re.escape(c) for c in literals[0])
            return bool(text and re.fullmatch(pattern, v, re.S)) == (op == "like")
        c = [self.compare(v, w, path) for w in literals]
        if op == "<>":
            return c[0] != 0
        if None in c:
            return False
        return {"=": c[0] == 0, "<": c[0] < 0, "<=": c[0] <= 0, ">": c[0] > 0, ">=": c[0] >= 0,
                "between": c[0] >= 0 and c[-1] <= 0}[op]

    def holds(self, doc, w):
        if w is None:
            return True
        if w[0] == "NOT":
            return not self.holds(doc, w[1])
        if w[0] == "AND":
            return self.holds(doc, w[1]) and self.holds(doc, w[2])
        if w[0] == "OR":
            return self.holds(doc, w[1]) or self.holds(doc, w[2])
        return any(self.fits(w[0], v, w[2], w[1]) for v in self.scalars(doc, w[1]))

    # ---- Rows ----

    def convert(self, v, path):
        if isinstance(v, dict):
            return {k: self.convert(x, path + (k,)) for k, x in v.items() if x is not None}
        if isinstance(v, list):
            return [self.convert(x, path) for x in v if x is not None]
        if not self.aws:
            return v
        dotted = ".".join(path)
        if isinstance(v, Number) or isinstance(v, str) and dotted in NUMBERS and NUMBER.match(v):
            v = java(float(v))
        return {"value": v} if dotted in WRAPPED else v

    def choose(self, v, wanted, path):
        """What the tree of names wants of a value, or None."""
        if wanted is True:
            return self.convert(v, path)
        if isinstance(v, list):
            out = [c for c in (self.choose(x, wanted, path) for x in v) if c is not None]
            return out or None
        if isinstance(v, dict):
            out = {k: c for k, c in ((k, self.choose(v[k], t, path + (k,))) for k, t in wanted.items() if k in v) if c is not None}
            return out or None
        if v is not None and "value" in wanted and ".".join(path) in WRAPPED:
            out = self.convert(v, path)
            return out if self.aws else {"value": out}
        return None

    def row(self, doc, select):
        tree = {}
        for function, path, _ in select:
            for p in [(n,) for n in STAR] if function == "*" else [path]:
                at = tree
                for part in p[:-1]:
                    at = at if at is True else at.setdefault(part, {})
                if at is not True:
                    at[p[-1]] = True
        return self.choose(doc, tree, ()) or {}

    # ---- Groups ----

    def figure(self, docs, function, path):
        if function == "COUNT" and path is None:
            return Number(len(docs))
        if function == "COUNT":
            return Number(sum(bool(values(d, path)) or path == ("tags",) for d in docs))
        found = [v for d in docs for v in self.scalars(d, path)]
        if function in ("SUM", "AVG"):
            numbers = [float(v) for v in found if isinstance(v, Number)]
            if not numbers:
                return None
            return self.number(sum(numbers) / (len(numbers) if function == "AVG" else 1))
        keys = sorted((order_key(v) for v in found), key=functools.cmp_to_key(by_key))
        if not keys:
            return None
        best = keys[0 if function == "MIN" else -1]
        return self.number(best) if isinstance(best, float) else best.decode()

    def number(self, v):
        return java(v) if self.aws else Number(repr(v))

    def group_values(self, doc, path):
        found = []
        for v in self.scalars(doc, path):
            v = float(v) if isinstance(v, Number) else v
            if not any(type(v) is type(x) and v == x for x in found):
                found.append(v)
        return found or [None]

    def grouped(self, docs, q):
        groups = {}
        for d in docs:
            for combination in itertools.product(*(self.group_values(d, path) for _, path, _ in q["group"])):
                key = tuple((type(v).__name__, v) for v in combination)
                groups.setdefault(key, []).append(d)
        if not q["group"]:
            groups = {(): docs}
        rows = []
        for key, members in groups.items():
            common = dict(zip([path for _, path, _ in q["group"]], [v for _, v in key]))
            row = {}
            for function, path, text in q["select"]:
                if function:
                    v = self.figure(members, function, path)
                    if v is not None:
                        row[text] = v
                elif common[path] is not None:
                    at = row
                    for part in path[:-1]:
                        at = at.setdefault(part, {})
                    at[path[-1]] = self.number(common[path]) if isinstance(common[path], float) else common[path]
            keys = []
            for function, path, _, descending in q["order"]:
                v = self.figure(members, function, path) if function else common[path]
                keys.append((order_key(v), descending))
            rows.append((keys, row))
        return rows

    def plain(self, docs, q):
        rows = []
        for d in docs:
            keys = []
            for _, path, _, descending in q["order"]:
                found = sorted((order_key(v) for v in self.scalars(d, path)), key=functools.cmp_to_key(by_key))
                keys.append((found[-1 if descending else 0] if found else None, descending))
            rows.append((keys, self.row(d, q["select"])))
        return rows

    def answer(self, text):
        """The names of the columns, and rows with what they are ordered by, in order."""
        q = Parser(text).query()
        docs = [d for d in self.docs if self.holds(d, q["where"])]
        fields = [n for function, _, t in q["select"] for n in (STAR if function == "*" else [t])]
        some = q["group"] or any(f and f != "*" for f, _, _ in q["select"])
        rows = self.grouped(docs, q) if some else self.plain(docs, q)
        rows.sort(key=functools.cmp_to_key(by_keys))
        return fields, rows


def word(v):
    return str(v).lower() if isinstance(v, bool) else str(v)


def span(text):
    if not isinstance(text, str) or isinstance(text, Number):
        return None
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def fits_range(op, v, *w):
    if op == "=":
        return v.version == w[0].version and v.overlaps(w[0])
    if op == "<>":
        return not (v.version == w[0].version and v.overlaps(w[0]))
    if any(x.version != v.version for x in w):
        return False
    first, last = v.network_address, v.broadcast_address
    return {"<": first < w[0].network_address, "<=": first <= w[0].broadcast_address, ">": last > w[0].broadcast_address,
            ">=": last >= w[0].network_address,
            "between": last >= w[0].network_address and first <= w[-1].broadcast_address}[op]


def order_key(v):
    """A float, bytes, or None."""
    if v is None:
        return None
    if isinstance(v, (Number, float)):
        return float(v)
    return word(v).encode()


def by_key(a, b):
    if type(a) is not type(b):
        return -1 if isinstance(a, float) else 1
    return (a > b) - (a < b)


def by_keys(a, b):
    for (x, descending), (y, _) in zip(a[0], b[0]):
        if x is None or y is None:
            c = (x is None) - (y is None)
        else:
            c = by_key(x, y) * (-1 if descending else 1)
        if c:
            return c
    return 0


def java(v):
    """As Double.toString writes it."""
    if v == 0 or 1e-3 <= abs(v) < 1e7:
        text = repr(v)
        if "e" in text:
            text = f"{v:.20f}".rstrip("0")
        return Number(text if "." in text else text + ".0")
    digits, exponent = f"{v:.17e}".split("e")
    for n in range(1, 18):
        digits, exponent = f"{v:.{n}e}".split("e")
        if float(f"{digits}e{exponent}") == v:
            break
    return Number(f"{digits}E{int(exponent)}")
