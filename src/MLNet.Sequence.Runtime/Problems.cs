using System.Globalization;
using System.Runtime.CompilerServices;

namespace MLNet.Sequence;

/// <summary>The problems of some options, collected so that one message lists all of them.</summary>
/// <param name="prefix">The prefix of each added problem.</param>
internal sealed class Problems(string prefix = "") : List<string>
{
    /// <summary>Adds a problem if a condition does not hold.</summary>
    public void Need(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref ProblemText problem)
    {
        if (!holds)
            Add(prefix + problem.Take());
    }

    /// <exception cref="ArgumentException">There are problems; the message lists all of them after this sentence.</exception>
    public void ThrowIfAny(string sentence)
    {
        if (Count > 0)
            throw new ArgumentException($"{sentence} {string.Join(" ", this)}");
    }
}

/// <summary>The text of a problem, in the invariant culture; created only if there is one.</summary>
[InterpolatedStringHandler]
internal ref struct ProblemText
{
    private DefaultInterpolatedStringHandler _text;

    public ProblemText(int literalLength, int formattedCount, bool holds, out bool isMade)
    {
        isMade = !holds;
        _text = isMade ? new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture) : default;
    }

    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public void AppendFormatted<T>(T value, string format) => _text.AppendFormatted(value, format);

    public string Take() => _text.ToStringAndClear();
}
