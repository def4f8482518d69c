using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Estimators;

/// <summary>Channels from which nothing, or less than the data holds, can be learnt or said in columns of the type Single.</summary>
/// <param name="channel">The log.</param>
/// <param name="schema">Of the training rows.</param>
internal sealed class ReadChannels(HostChannel channel, DataViewSchema schema)
{
    // Steps of Single at a channel's level, in its deviations, from which on differences are told to be lost.
    private const double CoarseSteps = 0.1;

    /// <summary>Warns of features that have one value, or come as Single where that is too coarse for them.</summary>
    /// <param name="input">Where they are read from.</param>
    /// <param name="scaling">Of the training rows.</param>
    /// <param name="range">Of all rows as the network sees them, the features first.</param>
    public void WarnOfFeatures(SequenceInput input, ChannelScaling scaling, InputRange range)
    {
        bool single = input.Columns.Any(IsSingle);
        for (int i = 0; i < input.Features; i++)
        {
            string name = input.FeatureNames[i];
            if (range.Low[i] == 0 && range.High[i] == 0)
                channel.Warning(FormattableString.Invariant($"'{name}' has one value, {scaling.Mean[i]:G4}, in all rows: nothing can be learnt from it."));
            else if (single)
                WarnOfLoss(name, scaling, i);
        }
    }

    /// <summary>Warns of numbers to predict that come as Single where that is too coarse for them, or else of a column of them that is.</summary>
    /// <param name="column">Where they are read from.</param>
    /// <param name="scaling">Of the training rows.</param>
    /// <param name="output">The column, of the type Single, that predictions are written to.</param>
    public void WarnOfTargets(string column, ChannelScaling scaling, string output)
    {
        for (int i = 0; i < scaling.Mean.Length; i++)
        {
            string name = scaling.Mean.Length == 1 ? column : $"{column}[{i}]";
            if (IsSingle(column))
                WarnOfLoss(name, scaling, i);
            else if (IsCoarse(scaling, i))
                channel.Warning(FormattableString.Invariant(
                    $"'{name}' is learnt as it is, but the column '{output}' is of type Single, whose numbers lie {SingleSpacing.At(scaling.Mean[i]):G3} apart around {scaling.Mean[i]:G4}. SequenceModel.Predict gives doubles."));
        }
    }

    private static bool IsCoarse(ChannelScaling scaling, int index) => SingleSpacing.At(scaling.Mean[index]) > CoarseSteps * scaling.Deviation[index];

    private void WarnOfLoss(string name, ChannelScaling scaling, int index)
    {
        if (IsCoarse(scaling, index))
            channel.Warning(FormattableString.Invariant(
                $"The values of '{name}' are around {scaling.Mean[index]:G4}, where numbers of type Single, as which they come, lie {SingleSpacing.At(scaling.Mean[index]):G3} apart: their differences are lost. Load the column as Double, or subtract a constant from it before it becomes Single."));
    }

    private bool IsSingle(string column) => (schema[column].Type is VectorDataViewType vector ? vector.ItemType : schema[column].Type) == NumberDataViewType.Single;
}
