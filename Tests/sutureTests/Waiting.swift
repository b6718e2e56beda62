import Testing

/// Waits until `condition` holds, at most so long. Returns whether it did.
func wait(upTo limit: Duration = .seconds(30), until condition: () async throws -> Bool) async rethrows -> Bool {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try await condition() { return true }
        // Gives the processor to whoever makes the condition true.
        try? await Task.sleep(for: .milliseconds(10))
    }
    return try await condition()
}
