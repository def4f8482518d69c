namespace MLNet.Sequence.Samples;

/// <summary>A mistake that the user can put right: its message is all that is shown.</summary>
internal sealed class UserError(string message, Exception? inner = null) : Exception(message, inner);
