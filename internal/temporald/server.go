//go:build !noembed

package temporald

import (
	"context"
	"fmt"
	"net"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/temporal"
)

const (
	loopback   = "127.0.0.1"
	readyLimit = 30 * time.Second
)

// Server is a running Temporal server.
type Server struct {
	server  temporal.Server
	address string
	logger  *levelled
}

// Start brings the server up and returns once its frontend answers. The file is
// made when there is none that fits this version of the server. Errors are the operator's.
func Start(ctx context.Context, o Options) (*Server, error) {
	store, err := openStore(ctx, o)
	if err != nil {
		return nil, err
	}
	ports, err := freePorts(temporal.DefaultServices)
	if err != nil {
		return nil, err
	}
	logger := newLogger(o.Logger)
	frontend := address(ports[string(primitives.FrontendService)])
	srv, err := temporal.NewServer(
		temporal.WithConfig(configure(store, frontend, ports)),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(hosts(ports)),
		temporal.WithLogger(logger),
		temporal.WithDynamicConfigClient(dynamic()),
	)
	if err != nil {
		return nil, fmt.Errorf("configure the embedded Temporal server: %w", err)
	}
	if err := srv.Start(); err != nil {
		return nil, fmt.Errorf("start the embedded Temporal server: %w", err)
	}
	s := &Server{server: srv, address: frontend, logger: logger}
	if err := s.ready(ctx); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// Address returns host:port of the frontend.
func (s *Server) Address() string { return s.address }

// Stop ends the server; workers and clients must have been stopped before.
func (s *Server) Stop() {
	s.logger.mute() // shutting down four services in one process is loud and means nothing
	_ = s.server.Stop()
}

// ready polls the frontend until it is healthy.
func (s *Server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	probe, err := client.NewLazyClient(client.Options{HostPort: s.address, Namespace: Namespace, Logger: silent{}})
	if err != nil {
		return fmt.Errorf("probe the embedded Temporal server: %w", err)
	}
	defer probe.Close()
	for {
		_, err = probe.CheckHealth(ctx, &client.CheckHealthRequest{})
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the embedded Temporal server did not become ready: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// freePorts reserves a loopback port for each service by listening briefly: a
// failed listen inside the server would end the whole process.
func freePorts(services []string) (map[string]int, error) {
	ports := make(map[string]int, len(services))
	for _, service := range services {
		var lc net.ListenConfig
		l, err := lc.Listen(context.Background(), "tcp", loopback+":0")
		if err != nil {
			return nil, fmt.Errorf("find a free port for Temporal: %w", err)
		}
		defer func() { _ = l.Close() }()
		addr, ok := l.Addr().(*net.TCPAddr)
		if !ok {
			return nil, fmt.Errorf("unexpected address %v", l.Addr())
		}
		ports[service] = addr.Port
	}
	return ports, nil
}

func address(port int) string { return fmt.Sprintf("%s:%d", loopback, port) }

// hosts pins every service to its own address; without static hosts a restart
// on the same file waits for members that are gone (temporal#6210).
func hosts(ports map[string]int) map[primitives.ServiceName]static.Hosts {
	all := make(map[primitives.ServiceName]static.Hosts, len(ports))
	for service, port := range ports {
		all[primitives.ServiceName(service)] = static.SingleLocalHost(address(port))
	}
	return all
}

func services(ports map[string]int) map[string]config.Service {
	all := make(map[string]config.Service, len(ports))
	for service, port := range ports {
		all[service] = config.Service{RPC: config.RPC{GRPCPort: port, BindOnIP: loopback}}
	}
	return all
}
