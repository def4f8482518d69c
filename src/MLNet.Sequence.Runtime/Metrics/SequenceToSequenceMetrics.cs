using System.Globalization;
using System.Text;
using MLNet.Sequence.Metrics;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence;

/// <summary>How the words of predicted and actual sequences are found for <see cref="SequenceToSequenceMetrics.Bleu"/>.</summary>
public enum BleuTokens
{
    /// <summary>The tokens are joined by blanks into a text, which is separated by the rules 13a of sacreBLEU.</summary>
    Rules13a,

    /// <summary>The tokens are the words: for texts that were separated before, as in papers that report "tokenised BLEU".</summary>
    AsGiven,
}

/// <summary>A predicted sequence and the actual one, by the values of their tokens.</summary>
internal sealed record ComparedSequence(string[] Actual, string[] Predicted);

/// <summary>
/// The quality of predicted sequences. BLEU and chrF are those of sacreBLEU (Post, arXiv 1804.08771) with one reference, over all rows
/// together: BLEU with n-grams up to 4 and smoothing "exp" (Papineni et al., ACL 2002), chrF with n-grams of up to 6 characters and β = 2
/// (Popović, WMT 2015).
/// </summary>
[TypeFormatterSource(typeof(NotebookFormatters))]
public sealed class SequenceToSequenceMetrics : IReport
{
    private static readonly string[] Measures = [nameof(Bleu), nameof(ChrF), nameof(ExactMatch), nameof(TokenAccuracy)];

    private readonly OverlapCounts[] _rows;
    private readonly OverlapCounts _all;
    private readonly BleuTokens _tokens;

    internal SequenceToSequenceMetrics(IReadOnlyList<ComparedSequence> rows, BleuTokens tokens, BootstrapOptions? bootstrap = null)
    {
        Func<string, string[]> tokenize = tokens == BleuTokens.Rules13a ? Tokens13a.Of : text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        (_tokens, _rows) = (tokens, [.. rows.Select(row => OverlapCounts.Of(row, tokenize))]);
        _all = OverlapCounts.Sum(_rows);
        Intervals = Bootstrap.Intervals(bootstrap, _rows.Length, Measures, drawn => Measured(Drawn(drawn)));
    }

    /// <summary>The number of pairs; at least 1.</summary>
    public int Count => _rows.Length;

    /// <summary>BLEU, from 0 to 100: higher is better.</summary>
    public double Bleu => _all.Bleu;

    /// <summary>The share of predicted n-grams of words that are in the actual sequence, in percent, for n from 1 to 4; smoothed.</summary>
    public IReadOnlyList<double> Precisions => ValueList.Of(_all.Precisions);

    /// <summary>The factor of BLEU for predictions that are too short, from 0 to 1.</summary>
    public double BrevityPenalty => _all.BrevityPenalty;

    /// <summary>chrF2, from 0 to 100: higher is better.</summary>
    public double ChrF => _all.ChrF;

    /// <summary>The share of rows whose sequences are equal, 0 to 1.</summary>
    public double ExactMatch => _all.ExactMatch;

    /// <summary>The share of steps with the actual token at their place, over the steps of the longer sequence of each row, 0 to 1.</summary>
    public double TokenAccuracy => _all.TokenAccuracy;

    /// <summary>The intervals of BLEU, chrF, exact match and token accuracy, by the names of their properties; empty if none were requested.</summary>
    public IReadOnlyDictionary<string, ConfidenceInterval> Intervals { get; }

    /// <summary>What BLEU depends on, in the form of sacreBLEU.</summary>
    public string BleuSignature => $"nrefs:1|case:mixed|eff:no|tok:{(_tokens == BleuTokens.Rules13a ? "13a" : "none")}|smooth:exp";

    /// <summary>What chrF depends on, in the form of sacreBLEU.</summary>
    public string ChrFSignature { get; } = "nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no";

    /// <summary>
    /// The difference of BLEU to that of another system on the same rows, by a paired bootstrap (Koehn, EMNLP 2004): both systems are
    /// measured on the same draws.
    /// </summary>
    /// <param name="other">The metrics of the other system, whose rows have the same order.</param>
    /// <param name="bootstrap">The draws; null: <see cref="BootstrapOptions"/> with its defaults.</param>
    /// <returns>The interval of this BLEU minus the other; the systems differ if 0 is outside.</returns>
    /// <exception cref="ArgumentException">The numbers of rows differ, or an option is out of range.</exception>
    public ConfidenceInterval BleuAgainst(SequenceToSequenceMetrics other, BootstrapOptions? bootstrap = null)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Count != Count || other._tokens != _tokens)
            throw new ArgumentException($"Both systems must be measured on the same rows and words; found {Count} rows with {_tokens}, and {other.Count} with "
                + $"{other._tokens}.", nameof(other));
        return Bootstrap.Intervals(
            bootstrap ?? new BootstrapOptions(), Count, Measures[..1], drawn => [Drawn(drawn).Bleu - other.Drawn(drawn).Bleu])[nameof(Bleu)];
    }

    ReportContent IReport.Content => MetricsContent.Of(this);

    /// <summary>The measures, and the signatures of BLEU and chrF, in the invariant culture.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Count} pairs");
        AlignedTable.Print(
            [
                AlignedTable.Measure("BLEU", Bleu, Intervals, nameof(Bleu)),
                AlignedTable.Measure("chrF2", ChrF, Intervals, nameof(ChrF)),
                AlignedTable.Measure("exact match", ExactMatch, Intervals, nameof(ExactMatch)),
                AlignedTable.Measure("token accuracy", TokenAccuracy, Intervals, nameof(TokenAccuracy)),
            ],
            text);
        text.AppendLine(CultureInfo.InvariantCulture, $"BLEU {BleuSignature}").AppendLine(CultureInfo.InvariantCulture, $"chrF2 {ChrFSignature}");
        return text.ToString();
    }

    private static double[] Measured(OverlapCounts counts) => [counts.Bleu, counts.ChrF, counts.ExactMatch, counts.TokenAccuracy];

    private OverlapCounts Drawn(int[] rows) => OverlapCounts.Sum(rows.Select(row => _rows[row]));
}
