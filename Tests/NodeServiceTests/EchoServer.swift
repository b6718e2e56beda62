import NodeService

/// Answers every request with what it asked for.
func echoServer(_ folder: ScratchFolder, limits: ControlLimits = ControlLimits()) throws -> ControlServer {
    try ControlServer(dataDirectory: folder.path, limits: limits) { request in
        request.verb == "refuse"
            ? .error(code: "refused", message: "not today")
            : .ok(["verb": .string(request.verb), "arguments": .object(request.arguments)])
    }
}
