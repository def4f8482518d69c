using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Columns;

/// <summary>Warns of channels that carry no information, or lose digits in columns of the type Single.</summary>
/// <param name="channel">The log.</param>
/// <param name="schema">The schema of the training rows.</param>
internal sealed class ReadChannels(HostChannel channel, DataViewSchema schema)
{
    /// <summary>Warns of features that have one value, or are Single although that is too coarse for them.</summary>
    /// <param name="input">The columns that they are read from.</param>
    /// <param name="scaling">The scaling of the training rows.</param>
    /// <param name="range">The range of all rows as the network sees them, the features first.</param>
    public void WarnOfFeatures(SequenceInput input, ChannelScaling scaling, InputRange range)
    {
        bool single = input.Columns.Any(IsSingle);
        for (int i = 0; i < input.Features; i++)
        {
            string name = input.FeatureNames[i];
            if (range.Low[i] == 0 && range.High[i] == 0)
                channel.Warning(FormattableString.Invariant($"'{name}' has one value, {scaling.Mean[i]:G4}, in all rows: nothing can be learnt from it."));
            else if (single)
                WarnOfLoss(input.FeatureNames, scaling, i);
        }
    }

    /// <summary>Warns of numbers to predict that are Single although that is too coarse for them, or else of such an output column.</summary>
    /// <param name="column">The column that they are read from.</param>
    /// <param name="scaling">The scaling of the training rows.</param>
    /// <param name="output">The column, of the type Single, that predictions are written to.</param>
    public void WarnOfTargets(string column, ChannelScaling scaling, string output)
    {
        string[] names = [.. Enumerable.Range(0, scaling.Mean.Length).Select(i => scaling.Mean.Length == 1 ? column : $"{column}[{i}]")];
        if (!IsSingle(column))
            WarnOfOutput(names, scaling, output);
        for (int i = 0; i < names.Length && IsSingle(column); i++)
            WarnOfLoss(names, scaling, i);
    }

    /// <summary>Warns of next steps whose output column is too coarse for them although their features are not.</summary>
    /// <param name="input">The columns that they are read from.</param>
    /// <param name="scaling">The scaling of the training rows.</param>
    /// <param name="output">The column, of the type Single, that predictions are written to.</param>
    public void WarnOfNextSteps(SequenceInput input, ChannelScaling scaling, string output)
    {
        if (!input.Columns.Any(IsSingle))
            WarnOfOutput(input.FeatureNames, scaling, output);
    }

    private void WarnOfOutput(IReadOnlyList<string> names, ChannelScaling scaling, string output)
    {
        if (SingleSpacing.Worst(names, new SeriesScaling(scaling, [])) is { } coarse)
        {
            channel.WarnOnce(coarse.Topic, string.Create(CultureInfo.InvariantCulture, $"'{coarse.Name}' is learnt as it is, but the column '{output}' is "
                + $"of type Single, whose numbers are {coarse.Spacing:G3} apart around "
                    + $"{coarse.Level:G4}. ") + "SequenceModel.Predict gives doubles.");
        }
    }

    private void WarnOfLoss(IReadOnlyList<string> names, ChannelScaling scaling, int index)
    {
        if (SingleSpacing.Worst(names, new SeriesScaling(scaling, []), [index]) is { } coarse)
        {
            channel.WarnOnce(coarse.Topic, string.Create(CultureInfo.InvariantCulture, $"The values of '{coarse.Name}' are around {coarse.Level:G4}, where "
                + $"Single, their type, holds only numbers "
                    + $"{coarse.Spacing:G3} apart: ")
                + $"smaller differences are lost. Load the column as Double, or subtract a constant from it before it becomes Single.");
        }
    }

    private bool IsSingle(string column) =>
        (schema[column].Type is VectorDataViewType vector ? vector.ItemType : schema[column].Type) == NumberDataViewType.Single;
}
