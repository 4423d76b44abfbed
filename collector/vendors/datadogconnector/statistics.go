package datadogconnector

import (
	"context"
	"fmt"
	"time"

	"github.com/DataDog/datadog-agent/pkg/obfuscate"
	"github.com/DataDog/datadog-agent/pkg/opentelemetry-mapping-go/otlp/attributes"
	"github.com/DataDog/datadog-agent/pkg/opentelemetry-mapping-go/otlp/metrics"
	pb "github.com/DataDog/datadog-agent/pkg/proto/pbgo/trace"
	"github.com/DataDog/datadog-agent/pkg/trace/config"
	"github.com/DataDog/datadog-agent/pkg/trace/stats"
	"github.com/DataDog/datadog-go/v5/statsd"
	datadogconfig "github.com/open-telemetry/opentelemetry-collector-contrib/pkg/datadog/config"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/datadog/featuregates"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"
)

// statistics gives every span to the concentrator of Datadog's trace agent, which sums them up in intervals.
//
// A finished interval goes straight to the next pipeline, from the concentrator's own goroutine. Upstream's connector
// has a channel between the two: what is in it at the end is lost there, and one refused interval ends all
// statistics until the next start.
type statistics struct {
	logger       *zap.Logger
	next         consumer.Metrics
	config       *config.AgentConfig
	tags         []string // resource attributes that become container tags
	peerTags     []string
	concentrator *stats.Concentrator
	obfuscator   *obfuscate.Obfuscator
	translator   *metrics.Translator
}

func newStatistics(set component.TelemetrySettings, cfg datadogconfig.TracesConnectorConfig, next consumer.Metrics, client statsd.ClientInterface) (*statistics, error) {
	translator, err := attributes.NewTranslator(set)
	if err != nil {
		return nil, fmt.Errorf("attributes of spans: %w", err)
	}
	toMetrics, err := metrics.NewTranslator(set, translator)
	if err != nil {
		return nil, fmt.Errorf("statistics as metrics: %w", err)
	}
	agent := agentConfig(cfg, translator)
	obfuscation := agent.Obfuscation.Export(agent)
	obfuscation.Statsd = client
	obfuscation.Redis.Enabled = true
	s := &statistics{
		logger:     set.Logger,
		next:       next,
		config:     agent,
		tags:       cfg.ResourceAttributesAsContainerTags,
		peerTags:   agent.ConfiguredPeerTags(),
		obfuscator: obfuscate.NewObfuscator(obfuscation),
		translator: toMetrics,
	}
	s.concentrator = stats.NewConcentrator(agent, s, time.Now(), client)
	return s, nil
}

func agentConfig(cfg datadogconfig.TracesConnectorConfig, translator *attributes.Translator) *config.AgentConfig {
	agent := config.New()
	agent.OTLPReceiver.AttributesTranslator = translator
	agent.OTLPReceiver.SpanNameRemappings = cfg.SpanNameRemappings
	agent.OTLPReceiver.SpanNameAsResourceName = cfg.SpanNameAsResourceName
	agent.Ignore["resource"] = cfg.IgnoreResources
	agent.ComputeStatsBySpanKind = cfg.ComputeStatsBySpanKind
	agent.PeerTagsAggregation = cfg.PeerTagsAggregation
	agent.PeerTags = cfg.PeerTags
	if cfg.BucketInterval > 0 {
		agent.BucketInterval = cfg.BucketInterval
	}
	if len(cfg.ResourceAttributesAsContainerTags) > 0 {
		agent.Features["enable_cid_stats"] = struct{}{}
		delete(agent.Features, "disable_cid_stats")
	}
	if cfg.ComputeTopLevelBySpanKind {
		agent.Features["enable_otlp_compute_top_level_by_span_kind"] = struct{}{}
	}
	// As the exporter reads them, so that both give a span the same names.
	if !featuregates.OperationAndResourceNameV2FeatureGate.IsEnabled() {
		agent.Features["disable_operation_and_resource_name_logic_v2"] = struct{}{}
	}
	if !featuregates.ReceiveResourceSpansV2FeatureGate.IsEnabled() {
		agent.Features["disable_receive_resource_spans_v2"] = struct{}{}
	}
	return agent
}

func (s *statistics) Start(context.Context, component.Host) error {
	s.concentrator.Start()
	return nil
}

// Shutdown hands on what has been counted; the pipeline behind still runs.
func (s *statistics) Shutdown(context.Context) error {
	s.concentrator.Stop()
	s.obfuscator.Stop()
	return nil
}

func (*statistics) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: false}
}

func (s *statistics) ConsumeTraces(_ context.Context, traces ptrace.Traces) error {
	inputs := stats.OTLPTracesToConcentratorInputsWithObfuscation(traces, s.config, s.tags, s.peerTags, s.obfuscator)
	for _, input := range inputs {
		s.concentrator.Add(input)
	}
	return nil
}

// Write takes a finished interval from the concentrator.
func (s *statistics) Write(payload *pb.StatsPayload) {
	if len(payload.Stats) == 0 {
		return
	}
	counted, err := s.translator.StatsToMetrics(payload)
	if err == nil {
		err = s.next.ConsumeMetrics(context.Background(), counted)
	}
	if err != nil {
		s.logger.Error("an interval of statistics is lost", zap.Int("clients", len(payload.Stats)), zap.Error(err))
	}
}
