#!/bin/bash
# The machines of the test mesh, in the network and mount namespaces this runs in: a control plane and two nodes on one
# bridge, and each node's pods on a bridge of the node. The manifests of deploy/samples/demo/mesh describe the same.
set -euo pipefail

forward() {
  ip netns exec "$1" sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0
}

node() { # name, address, pod subnet
  ip netns add "$1"
  ip link add "up-$1" type veth peer name eth0 netns "$1"
  ip link set "up-$1" master mesh0 up
  ip -n "$1" -batch - <<END
link set lo up
addr add $2/24 dev eth0
link set eth0 up
route add default via 10.77.0.254
END
  if [ -n "$3" ]; then
    ip -n "$1" -batch - <<END
link add pods0 type bridge
addr add $3.254/24 dev pods0
link set pods0 up
END
  fi
  forward "$1"
}

pod() { # name, address, node
  local subnet=${2%.*}
  ip netns add "$1"
  ip -n "$3" link add "v${2##*.}" type veth peer name eth0 netns "$1"
  ip -n "$3" link set "v${2##*.}" master pods0 up
  ip -n "$1" -batch - <<END
link set lo up
addr add $2/24 dev eth0
link set eth0 up
route add default via $subnet.254
END
  ip netns exec "$1" sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0
}

ip link set lo up
ip link add mesh0 type bridge
ip addr add 10.77.0.254/24 dev mesh0
ip link set mesh0 up
node control 10.77.0.10 ''
node node-a 10.77.0.1 10.78.1
node node-b 10.77.0.2 10.78.2
# Where a second ztunnel of a node runs, as a pod of its own beside the first.
node next-a 10.77.0.21 ''
node next-b 10.77.0.22 ''
ip -n node-a route add 10.78.2.0/24 via 10.77.0.2
ip -n node-b route add 10.78.1.0/24 via 10.77.0.1
ip -n control route add 10.78.1.0/24 via 10.77.0.1
ip -n control route add 10.78.2.0/24 via 10.77.0.2
pod shop-cart 10.78.1.1 node-a
pod shop-catalog 10.78.1.2 node-a
pod legacy-scanner 10.78.1.3 node-a
pod shop-late 10.78.1.4 node-a
pod shop-payments 10.78.2.1 node-b
pod shop-reviews 10.78.2.2 node-b
pod shop-waypoint 10.78.2.3 node-b
pod shop-sandwich 10.78.2.4 node-b
pod istio-system-eastwest 10.78.2.5 node-b
