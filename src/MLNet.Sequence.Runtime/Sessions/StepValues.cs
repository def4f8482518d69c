using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Sessions;

/// <summary>Checks the values of a step, for tasks that need all of them.</summary>
internal static class StepValues
{
    /// <summary>The index of a token; an unknown one becomes the model's unknown token.</summary>
    /// <exception cref="ArgumentException">It is not a token, and the model has no unknown one.</exception>
    public static float Token(TokenInput tokens, double value) => tokens.Read(value)
        ?? throw new ArgumentException($"The token of the step is {value}; expected an index from 0 to {tokens.Count - 1}.", nameof(value));

    /// <exception cref="ArgumentException">A value is not finite, and the model needs it.</exception>
    public static void MustBeFinite(ReadOnlySpan<double> values, bool hasMask)
    {
        int at = 0;
        while (at < values.Length && (float.IsFinite((float)values[at]) || hasMask && double.IsNaN(values[at])))
            at++;
        if (at < values.Length)
            throw new ArgumentException($"Value {at} of the step is {values[at]}; a step of this model has finite numbers.", nameof(values));
    }
}
