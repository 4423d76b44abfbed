module otelkit.example/datadogconnector

go 1.25.0
