extension ProxyConditions {
    /// What a TCP connection shows of a link with these conditions. Repeated and overtaken packets it hides; of what is lost
    /// most costs a pause until it was sent again, and one in twenty the connection. What is lost in one burst costs one
    /// pause, a longer one.
    public init(_ conditions: LinkConditions) {
        let burst = max(conditions.burst, 1)
        let length = Int64(min(burst, 5))
        self.init(
            delay: conditions.delay, bytesPerSecond: conditions.bandwidth > 0 ? conditions.bandwidth : nil,
            stall: conditions.loss / burst, stallLength: (200 * length)...(500 * length), reset: conditions.loss / burst / 20,
            corruption: conditions.corruption, truncation: conditions.truncation)
    }
}
