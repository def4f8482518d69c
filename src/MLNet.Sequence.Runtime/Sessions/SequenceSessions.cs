namespace MLNet.Sequence;

/// <summary>The way from a model to a session, for sequences that come step by step.</summary>
public static class SequenceSessions
{
    /// <summary>Starts a session, which knows no series yet.</summary>
    /// <param name="model">The model; any number of sessions may share it.</param>
    /// <param name="carriesState">
    /// For a recurrent forecaster: true to carry its state for as long as a series goes on, in constant time per step, though it
    /// was trained on windows of its context; false, the default, to forecast as batch scoring does, which
    /// carries the state itself where the model was trained so (<see cref="Forecasting.CarriesState"/>).
    /// </param>
    /// <exception cref="NotSupportedException">The model reads its window or sequence as a whole, and was asked to carry a state.</exception>
    public static SequenceSession CreateSession(this SequenceModel model, bool carriesState = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new SequenceSession(model, carriesState);
    }
}
