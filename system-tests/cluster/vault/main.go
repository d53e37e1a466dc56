// A Vault for tests: upstream's core and HTTP API, unsealed, all in memory, with the engines that a certificate authority
// needs (PKI, and the logins by token, AppRole and Kubernetes). What it leaves out is the command line and the clouds.
//
//	vault TOKEN [CERTIFICATE KEY]
//
// It listens on a free port of the loopback address, by TLS if it is given a certificate and its key, takes TOKEN as that of
// root, and says on its standard output where it listens and how it is unsealed: "ADDRESS UNSEAL-KEY".
package main

import (
	"context"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"

	"github.com/hashicorp/go-hclog"
	kubernetes "github.com/hashicorp/vault-plugin-auth-kubernetes"
	"github.com/hashicorp/vault/builtin/credential/approle"
	"github.com/hashicorp/vault/builtin/logical/pki"
	"github.com/hashicorp/vault/helper/namespace"
	vaulthttp "github.com/hashicorp/vault/http"
	"github.com/hashicorp/vault/internalshared/configutil"
	"github.com/hashicorp/vault/sdk/helper/consts"
	"github.com/hashicorp/vault/sdk/logical"
	"github.com/hashicorp/vault/sdk/physical/inmem"
	"github.com/hashicorp/vault/vault"
)

// engines answers which engines this Vault has.
type engines map[consts.PluginType]map[string]logical.Factory

func (e engines) Contains(name string, kind consts.PluginType) bool { return e[kind][name] != nil }

func (e engines) Get(name string, kind consts.PluginType) (func() (interface{}, error), bool) {
	engine, found := e[kind][name]
	return func() (interface{}, error) { return engine, nil }, found
}

func (e engines) Keys(kind consts.PluginType) []string {
	names := make([]string, 0, len(e[kind]))
	for name := range e[kind] {
		names = append(names, name)
	}
	return names
}

func (e engines) DeprecationStatus(name string, kind consts.PluginType) (consts.DeprecationStatus, bool) {
	return consts.Supported, e.Contains(name, kind)
}

func (e engines) IsBuiltinEntPlugin(string, consts.PluginType) bool { return false }

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "vault:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) != 1 && len(arguments) != 3 {
		return fmt.Errorf("usage: vault TOKEN [CERTIFICATE KEY]")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if len(arguments) == 3 {
		pair, err := tls.LoadX509KeyPair(arguments[1], arguments[2])
		if err != nil {
			return err
		}
		listener = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{pair}})
	}
	core, unsealKey, err := unsealed(arguments[0])
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr(), hex.EncodeToString(unsealKey))
	return http.Serve(listener, vaulthttp.Handler.Handler(
		&vault.HandlerProperties{Core: core, ListenerConfig: &configutil.Listener{}}))
}

func unsealed(rootToken string) (*vault.Core, []byte, error) {
	log := hclog.New(&hclog.LoggerOptions{Level: hclog.Warn})
	known := engines{
		consts.PluginTypeSecrets:    {"pki": pki.Factory},
		consts.PluginTypeCredential: {"kubernetes": kubernetes.Factory, "approle": approle.Factory},
	}
	storage, err := inmem.NewInmem(nil, log)
	if err != nil {
		return nil, nil, err
	}
	core, err := vault.NewCore(&vault.CoreConfig{
		Physical:           storage,
		LogicalBackends:    known[consts.PluginTypeSecrets],
		CredentialBackends: known[consts.PluginTypeCredential],
		BuiltinRegistry:    known,
		DisableMlock:       true,
		Logger:             log,
	})
	if err != nil {
		return nil, nil, err
	}
	ctx := namespace.RootContext(context.Background())
	seal := &vault.SealConfig{SecretShares: 1, SecretThreshold: 1}
	first, err := core.Initialize(ctx, &vault.InitParams{BarrierConfig: seal, RecoveryConfig: seal})
	if err != nil {
		return nil, nil, err
	}
	if _, err := core.Unseal(slices.Clone(first.SecretShares[0])); err != nil {
		return nil, nil, err
	}
	_, err = core.HandleRequest(ctx, &logical.Request{
		ID: "root", Operation: logical.UpdateOperation, ClientToken: first.RootToken, Path: "auth/token/create",
		Data: map[string]interface{}{"id": rootToken, "policies": []string{"root"}, "no_parent": true, "no_default_policy": true},
	})
	return core, first.SecretShares[0], err
}
