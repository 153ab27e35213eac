//go:build !noembed

package temporald

import (
	"maps"
	"time"

	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
)

const (
	clusterName = "active"
	storeName   = "db"
)

// configure builds the configuration of a one-process, one-shard server.
func configure(store *config.SQL, frontend string, ports map[string]int) *config.Config {
	var cfg config.Config
	cfg.Global.Membership = config.Membership{MaxJoinDuration: 30 * time.Second, BroadcastAddress: loopback}
	cfg.Persistence = config.Persistence{
		DefaultStore:     storeName,
		VisibilityStore:  storeName,
		NumHistoryShards: 1, // fixed for the life of a file
		DataStores:       map[string]config.DataStore{storeName: {SQL: store, FaultInjection: faults()}},
	}
	cfg.ClusterMetadata = &cluster.Config{
		FailoverVersionIncrement: 10,
		MasterClusterName:        clusterName,
		CurrentClusterName:       clusterName,
		ClusterInformation: map[string]cluster.ClusterInformation{
			clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontend},
		},
	}
	cfg.DCRedirectionPolicy.Policy = "noop"
	cfg.Services = services(ports)
	cfg.PublicClient.HostPort = frontend
	cfg.Archival.History.State = "disabled"
	cfg.Archival.Visibility.State = "disabled"
	cfg.NamespaceDefaults.Archival.History.State = "disabled"
	cfg.NamespaceDefaults.Archival.Visibility.State = "disabled"
	return &cfg
}

// dynamic returns the settings that differ from the server's defaults. Whole numbers must be int.
func dynamic() dynamicconfig.Client {
	settings := map[string]any{
		"system.forceSearchAttributesCacheRefreshOnRead": true,  // a new attribute is usable at once …
		"frontend.persistenceMaxQPS":                     10000, // … which costs reads
		"history.persistenceMaxQPS":                      45000,
		"frontend.namespaceRPS":                          10000,
		"frontend.namespaceRPS.visibility":               100,
		"history.hostLevelCacheMaxSize":                  8096, // memory
		// One shard at the default of 20 makes every step wait up to 50 ms.
		"history.transferProcessorMaxPollRPS": 1000,
		// For clocks that differ between machines: until then a timer of a millisecond waits as long.
		"history.timerProcessorMaxTimeShift": 10 * time.Millisecond,
		// A task of a workflow that died with the process four times would be missed ever later, by up to ten minutes.
		"history.workflowTaskRetryMaxInterval": time.Second,
		// Records for lists are written once a second: a workflow that has ended by then costs one, not one for each change.
		"history.visibilityProcessorMaxPollRPS": 1,
		"history.visibilityTaskBatchSize":       1000,
		// A wait for the close event may lose its wake-up; this bounds what that costs.
		"history.longPollExpirationInterval": 2 * time.Second,
		"history.MaxBufferedQueryCount":      16,
		"history.maxInFlightUpdates":         50,
		"matching.enableFairness":            true,
		// Fairness is exact with one partition, and there are fewer loops.
		"matching.numTaskqueueReadPartitions":      1,
		"matching.numTaskqueueWritePartitions":     1,
		"frontend.WorkerCommandsEnabled":           true, // cancellation is pushed to activities
		"system.enableCancelActivityWorkerCommand": true,
	}
	maps.Copy(settings, harder())
	static := make(dynamicconfig.StaticClient, len(settings))
	for key, value := range settings {
		static[dynamicconfig.MakeKey(key)] = value
	}
	return static
}
