"""Direct OTLP: protobuf bytes written straight from the SDK's finished objects.

Role: what a span, a log record or a metric costs from its end to the wire is mostly encoding;
here it is done without building protobuf messages. Fields are written in the order of their numbers,
as protobuf's own serializer does. Convention: opentelemetry-proto 1.x, the SDK's encoder as reference.
Nothing here raises for what a caller has put into an attribute.
"""
