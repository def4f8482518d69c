using System.Globalization;

namespace MLNet.Sequence.Comparison;

/// <summary>The text of a report that recommends a reference.</summary>
internal static class ReferenceText
{
    private const string Recommended = " Recommended: ";

    private static readonly string[] Numbers = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve"];

    /// <summary>The answer, in one sentence. "As good" means: not shown to be worse by more than the margin, and not looking worse.</summary>
    /// <param name="reference">The reference.</param>
    /// <param name="difference">The reference compared with the best model.</param>
    public static string Answer(ComparedReference reference, PairedDifference difference) =>
        difference.Verdict == PairedVerdict.Undecided && difference.Relative > difference.Margin
            ? $"No network is shown to be better than {Called(reference)}: use that."
            : Answer(reference);

    /// <summary>The answer at the start of a recommendation, before the reasons.</summary>
    public static string First(Recommendation recommendation) =>
        recommendation.Because[..recommendation.Because.IndexOf(Recommended, StringComparison.Ordinal)];

    private static string Called(ComparedReference reference) => reference.Name switch
    {
        "naive" or "seasonal-naive" or "drift" => $"the {reference.Name.Replace('-', ' ')} forecast",
        _ when reference.Model?.Architecture is Ridge => $"least squares on {Memory(reference.Memory)}",
        _ => $"the {reference.Name.Replace('-', ' ')}",
    };

    private static string Answer(ComparedReference reference) => reference.Name switch
    {
        "mean" => "Nothing to learn here: the mean is as good.",
        "naive" => "Use the naive forecast.",
        "seasonal-naive" => "Use the seasonal naive forecast.",
        "drift" => "Use the drift forecast: the last value and a mean step for each step ahead.",
        "mean-of-training" => "Nothing to learn here: the mean of the training rows is as good.",
        "class-frequencies" or "tag-frequencies" or "value-frequencies" or "token-frequencies" => $"Nothing to learn here: the "
            + $"{reference.Name.Replace('-', ' ')} are as good.",
        "last-step-repeated" => "Use the last step: repeated, it is as good.",
        "linear-on-statistics" => "Use a linear model on summary statistics: it is as good.",
        "linear-on-counts" => "Count the tokens of a row: a linear model on how often each occurs is as good.",
        "nearest-neighbour" => "Use the nearest neighbour: the label of the most similar training row is as good.",
        "tag-of-token" => "Counting is as good: how often each token has each tag.",
        _ when reference.Name.StartsWith("tag-of-", StringComparison.Ordinal) => string.Create(
            CultureInfo.InvariantCulture, $"Counting is as good: how often the last {reference.Memory} tokens have each tag."),
        _ when reference.Name.StartsWith("logistic-", StringComparison.Ordinal) =>
            $"{Lags(reference.Memory!.Value)} and logistic regression are as good.",
        _ when reference.Model is null => $"Counting is as good: use the {reference.Name}.",
        _ => $"{Lags(reference.Memory!.Value)} and least squares are as good.",
    };

    /// <summary>The evidence for the answer.</summary>
    /// <param name="reference">The reference.</param>
    /// <param name="difference">The reference compared with the best model.</param>
    /// <param name="metric">The name of the error.</param>
    public static string Evidence(ComparedReference reference, PairedDifference difference, string metric) =>
        $"{Recommended[1..]}{reference.Name}. It reads {Memory(reference.Memory)} and needs no network; its {metric} is "
            + $"{PairedDifference.Percent(difference.Relative)} than that of {difference.Second}, the best network on the validation rows "
            + $"{difference.Interval}.";

    private static string Lags(int count) =>
        $"{(count < Numbers.Length ? Numbers[count] : count.ToString("N0", CultureInfo.InvariantCulture))} {(count == 1 ? "lag" : "lags")}";

    private static string Memory(int? steps) => steps switch
    {
        null => "whole rows",
        0 => "nothing of its input",
        1 => "the last step",
        _ => string.Create(CultureInfo.InvariantCulture, $"the last {steps:N0} steps"),
    };
}
