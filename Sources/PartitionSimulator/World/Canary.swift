/// A text that the simulation puts into everything that people write. Wherever it shows unsealed, plaintext has leaked.
public enum Canary {
    /// The text: ASCII, and nothing that a program writes by itself.
    public static let text = "CanaryOfSuture7Q4"
}
