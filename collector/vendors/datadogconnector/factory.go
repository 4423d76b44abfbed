// Package datadogconnector counts spans for Datadog's APM statistics before anything is sampled.
//
// It has the type name and the settings of upstream's Datadog connector, so that to-datadog.yaml runs unchanged in
// upstream's image and in the Collector that is built here. Upstream's own module is one of those that the Go
// module proxy cannot resolve at this version; Datadog's libraries, which count in both, can be had. Once it resolves,
// this folder goes. What differs is in statistics.go.
package datadogconnector

import (
	"context"

	"github.com/DataDog/datadog-go/v5/statsd"
	datadogconfig "github.com/open-telemetry/opentelemetry-collector-contrib/pkg/datadog/config"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/consumer"
)

// NewFactory makes the connector: traces in; the same traces, or their statistics as metrics, out.
func NewFactory() connector.Factory {
	return connector.NewFactory(
		component.MustNewType("datadog"),
		defaultConfig,
		connector.WithTracesToMetrics(toMetrics, component.StabilityLevelBeta),
		connector.WithTracesToTraces(toTraces, component.StabilityLevelBeta))
}

func defaultConfig() component.Config {
	return &datadogconfig.ConnectorComponentConfig{
		Traces: datadogconfig.TracesConnectorConfig{
			TracesConfig: datadogconfig.TracesConfig{
				IgnoreResources:        []string{},
				ComputeStatsBySpanKind: true,
				PeerTagsAggregation:    true,
			},
		},
	}
}

func toMetrics(_ context.Context, set connector.Settings, cfg component.Config, next consumer.Metrics) (connector.Traces, error) {
	config := cfg.(*datadogconfig.ConnectorComponentConfig)
	return newStatistics(set.TelemetrySettings, config.Traces, next, &statsd.NoOpClient{})
}

// passing hands traces on as they are, to the pipeline that samples them.
type passing struct {
	component.StartFunc
	component.ShutdownFunc
	consumer.Traces
}

func toTraces(_ context.Context, _ connector.Settings, _ component.Config, next consumer.Traces) (connector.Traces, error) {
	return &passing{Traces: next}, nil
}

func (*passing) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: false}
}
