#!/bin/bash
# The first process of a node of a bare cluster: gives the node a file system of its own and keeps its programs running.
# It is started in new mount, process id, host name and IPC namespaces, inside the node's network namespace, and all of
# the node ends with it. From the environment:
#   NODE_NAME, NODE_ADDRESS
#   NODE_FOLDER      the node's files: configuration, container images, kubelet's data; the same path inside. A file
#                    `control-plane-ready` appears in it as soon as the API server is ready.
#   NODE_LOGS        folder for logs; the same path inside
#   NODE_PROGRAMS    folders of further programs, separated by colons; the same paths inside
#   KUBELET, KUBE_PROXY, PAUSE_IMAGE (an archive in NODE_FOLDER), API_HOST, API_PORT
set -euo pipefail

# A root of its own, so that nothing that is written reaches the host: kubelet, containerd and CNI plugins have fixed
# places below /var, /run and /opt that all nodes would share. It also lets go of the host's mounts.
root=$NODE_FOLDER/root
mkdir -p "$root"
mount -t tmpfs -o mode=755 tmpfs "$root"
for folder in bin sbin lib lib32 lib64 libx32 usr etc; do
  if [ -L "/$folder" ]; then
    cp -P "/$folder" "$root/$folder"
  elif [ -d "/$folder" ]; then
    mkdir "$root/$folder"
    mount -o bind,ro "/$folder" "$root/$folder"
  fi
done
mkdir -p "$root"/{dev,sys,proc,tmp,run/netns,var/lib/kubelet,var/log,host}
ln -s /run "$root/var/run"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
mount -t proc proc "$root/proc"
IFS=: read -ra programs <<< "$NODE_PROGRAMS"
for folder in "$NODE_FOLDER" "$NODE_LOGS" "${programs[@]}"; do
  mkdir -p "$root$folder"
  mount --bind "$folder" "$root$folder"
done

# kubelet sets these for the whole kernel, so the node sees them set already and the host keeps its own.
while read -r value file; do
  echo "$value" > "$root/run/${file//\//.}"
  mount --bind "$root/run/${file//\//.}" "$root/proc/sys/$file"
done << 'TUNABLES'
1 vm/overcommit_memory
0 vm/panic_on_oom
10 kernel/panic
1 kernel/panic_on_oops
1000000 kernel/keys/root_maxkeys
25000000 kernel/keys/root_maxbytes
TUNABLES

cd "$root"
pivot_root . host
umount -l /host
cd /

echo "$NODE_NAME" > /proc/sys/kernel/hostname
echo 1 > /proc/sys/net/ipv4/ip_forward

# Starts a program again whenever it ends, as the service manager of a real node does.
keep_running() { # log, command line
  local log=$1
  shift
  while true; do
    "$@" >> "$log" 2>&1 || echo "$1 ended with status $?" >> "$log"
    sleep 1
  done
}

socket=$NODE_FOLDER/containerd.sock
rm -f "$socket"
keep_running "$NODE_LOGS/containerd.log" containerd --config "$NODE_FOLDER/containerd.toml" &
until ctr --address "$socket" --namespace k8s.io images import "$PAUSE_IMAGE" >> "$NODE_LOGS/images.log" 2>&1; do
  sleep 0.1
done
until (exec 3<> "/dev/tcp/$API_HOST/$API_PORT") 2> /dev/null; do
  sleep 0.1
done
keep_running "$NODE_LOGS/kubelet.log" "$KUBELET" \
  --config="$NODE_FOLDER/kubelet.json" --kubeconfig="$NODE_FOLDER/kubelet.kubeconfig" \
  --hostname-override="$NODE_NAME" --node-ip="$NODE_ADDRESS" --root-dir="$NODE_FOLDER/kubelet" \
  --node-labels="topology.kubernetes.io/zone=zone-of-$NODE_NAME" &
# kube-proxy waits ever longer between its attempts while the API server knows its name but not yet its rights.
until [ -e "$NODE_FOLDER/control-plane-ready" ]; do
  sleep 0.1
done
keep_running "$NODE_LOGS/kube-proxy.log" "$KUBE_PROXY" \
  --config="$NODE_FOLDER/kube-proxy.json" --hostname-override="$NODE_NAME" &
wait
