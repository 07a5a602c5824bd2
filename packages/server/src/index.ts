/** The Tributary server: HTTP and WebSocket listener, configuration, identity and metrics. */
export {};
