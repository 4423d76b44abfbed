"""Charts of metrics: from series to lines, from lines to what a template draws as SVG."""
