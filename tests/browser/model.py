"""What an access map says of one role, worked out from its JSON by other code than the library's."""

YES, UNKNOWN, NO = 2, 1, 0


def value(rule, roles, rest):
    """`rest`: what everything comes to that is no role."""
    if rule in ("anonymous", "optional_authentication", "authenticated"):
        return YES
    if rule == "nobody":
        return UNKNOWN
    if rule == "condition":
        return rest
    [(kind, of)] = rule.items()
    if kind == "not":
        return YES - value(of, roles, YES - rest)
    if kind == "authentication_strength":
        return rest
    if kind in ("any", "all"):
        values = [value(part, roles, rest) for part in of]
    elif of["permission"] == "role":
        values = [YES if name in roles else NO for name in of["names"]]
    else:
        values = [rest for _ in of["names"]]
    return (max if kind in ("any", "one_of") else min)(values)


def cell(document, route, role):
    """The class of the cell of a route and a role."""
    rule = route["rule"]
    if is_open(rule):
        return "open"
    roles = {role, *document.get("implied_roles", {}).get(role, ())}
    if value(rule, roles, NO) == YES:
        return "yes"
    return "if" if value(rule, roles, YES) == YES else "no"


def is_open(rule):
    return rule in ("anonymous", "optional_authentication")


def parts(rule):
    """The rule and every rule in it."""
    yield rule
    if isinstance(rule, dict):
        for kind in ("any", "all"):
            for part in rule.get(kind, ()):
                yield from parts(part)
        if "not" in rule:
            yield from parts(rule["not"])


def names(rule, permission):
    lists = [list(part.values())[0] for part in parts(rule) if isinstance(part, dict)]
    named = [of for of in lists if isinstance(of, dict) and of.get("permission") == permission]
    return {name for of in named for name in of["names"]}


def depends_on_request(rule):
    return "condition" in parts(rule)


def roles(document):
    every = set(document.get("known_roles", ()))
    for role, implied in document.get("implied_roles", {}).items():
        every |= {role, *implied}
    for route in document["routes"]:
        every |= names(route["rule"], "role")
    return sorted(every)


def label(route):
    if route["path"] == "*":
        return "any other path"
    method = "every" if route["method"] == "*" else route["method"]
    return f"{method} {route['path']}"
