"""What the NetworkPolicies among some manifests let pass, by the rules of Kubernetes: a pod that no policy of a direction
selects is open in it; else what one of them names passes, and nothing else."""
import ipaddress


def selects(selector, labels):
    assert set(selector) <= {'matchLabels'}, selector
    return all(labels.get(name) == value for name, value in selector.get('matchLabels', {}).items())


def is_peer(peer, other, namespace):
    """`other`: {'address': …} outside of the cluster, or {'labels': …, 'namespace': …} of a pod."""
    if 'ipBlock' in peer:
        if 'address' not in other:
            return False
        address = ipaddress.ip_address(other['address'])
        within = lambda block: address.version == ipaddress.ip_network(block).version and address in ipaddress.ip_network(block)
        return within(peer['ipBlock']['cidr']) and not any(map(within, peer['ipBlock'].get('except', [])))
    if 'labels' not in other:
        return False
    where = other.get('namespace', namespace)
    in_namespace = selects(peer['namespaceSelector'], {'kubernetes.io/metadata.name': where}) if 'namespaceSelector' in peer else where == namespace
    return in_namespace and selects(peer.get('podSelector', {}), other['labels'])


def passes(manifests, direction, pod, other, port, protocol='TCP', namespace='watch'):
    """`port`: a number or the name of the port. direction: Ingress (into `pod`) or Egress (out of it)."""
    policies = [m['spec'] for m in manifests if m['kind'] == 'NetworkPolicy']
    policies = [p for p in policies if direction in p['policyTypes'] and selects(p['podSelector'], pod)]
    if not policies:
        return True
    peers_name = {'Ingress': 'from', 'Egress': 'to'}[direction]
    return any((peers_name not in rule or any(is_peer(peer, other, namespace) for peer in rule[peers_name])) and
               ('ports' not in rule or any(p['port'] == port and p['protocol'] == protocol for p in rule['ports']))
               for policy in policies for rule in policy.get(direction.lower(), []))
