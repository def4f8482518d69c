namespace MLNet.Sequence;

/// <summary>Starts sessions of a model, for sequences that come step by step.</summary>
public static class SequenceSessions
{
    /// <summary>Starts a session, which has no series yet.</summary>
    /// <param name="model">The model; any number of sessions may share it.</param>
    /// <param name="carriesState">
    /// For a recurrent forecaster: true carries its state as long as a series continues, in constant time per step, although it was trained
    /// on windows of its context. False, the default, forecasts as batch scoring does; batch scoring itself carries the state if the model
    /// was trained so (<see cref="Forecasting.CarriesState"/>).
    /// </param>
    /// <exception cref="NotSupportedException">
    /// The model reads its window or sequence as a whole and cannot carry a state, as was requested.
    /// </exception>
    public static SequenceSession CreateSession(this SequenceModel model, bool carriesState = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new SequenceSession(model, carriesState);
    }
}
