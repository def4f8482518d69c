namespace MLNet.Sequence.Samples;

/// <summary>An error that the user can correct: only its message is shown.</summary>
internal sealed class UserError(string message, Exception? inner = null) : Exception(message, inner);
