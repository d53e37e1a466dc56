// One program that is etcd, kube-apiserver and kube-controller-manager: the first argument says which.
//
// It only calls upstream's commands; every line of them comes from the Go module proxy, at the versions of go.mod.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

var parts = map[string]func() *cobra.Command{
	"kube-apiserver":          apiserver.NewAPIServerCommand,
	"kube-controller-manager": controllermanager.NewControllerManagerCommand,
}

func main() {
	name := ""
	if len(os.Args) > 1 {
		name = os.Args[1]
		os.Args = os.Args[1:]
	}
	if name == "etcd" {
		etcdmain.Main(os.Args)
		return
	}
	part := parts[name]
	if part == nil {
		fmt.Fprintln(os.Stderr, "say which part to run: etcd, kube-apiserver or kube-controller-manager")
		os.Exit(2)
	}
	os.Exit(cli.Run(part()))
}
