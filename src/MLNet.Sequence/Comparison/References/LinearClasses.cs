using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MLNet.Sequence.Rows;

namespace MLNet.Sequence.Comparison;

/// <summary>
/// Probabilities of classes from a few numbers by a linear model: multinomial logistic regression, by ML.NET's <c>LbfgsMaximumEntropy</c>, with
/// the weight penalty of the lowest log-loss on the validation rows.
/// </summary>
internal static class LinearClasses
{
    private static readonly float[] Penalties = [0.03f, 0.3f, 3, 30];

    /// <param name="training">Standardised numbers, and the class, from 0.</param>
    /// <param name="validation">The rows for choosing the penalty.</param>
    /// <param name="others">Further rows to predict.</param>
    /// <param name="classes">The number of classes.</param>
    /// <returns>The probabilities of all classes for the validation rows and for the other rows.</returns>
    public static (double[][] Validation, double[][] Others) Fit(
        (float[] Numbers, int Class)[] training, (float[] Numbers, int Class)[] validation, float[][] others, int classes)
    {
        var ml = new MLContext(seed: 1);
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Numbers)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, training[0].Numbers.Length);
        schema[nameof(Row.Class)].ColumnType = new KeyDataViewType(typeof(uint), classes);
        IDataView View(IEnumerable<(float[] Numbers, int Class)> rows) =>
            ml.Data.LoadFromEnumerable(rows.Select(row => new Row { Numbers = row.Numbers, Class = (uint)row.Class }), schema);
        double[][] Probabilities(ITransformer model, IEnumerable<(float[] Numbers, int Class)> rows) =>
            [.. model.Transform(View(rows)).GetColumn<float[]>("Score").Select(score => Array.ConvertAll(score, probability => (double)probability))];
        double Loss(double[][] probabilities) => probabilities.Zip(validation, (one, row) => ClassificationEvaluation.Loss(one[row.Class])).Average();

        (ITransformer Model, double[][] Validation) best = Penalties.Select(penalty =>
        {
            ITransformer model = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options
            {
                LabelColumnName = nameof(Row.Class),
                FeatureColumnName = nameof(Row.Numbers),
                L1Regularization = 0,
                L2Regularization = penalty,
                // Sums have the same order every time.
                NumberOfThreads = 1,
            }).Fit(View(training));
            return (Model: model, Validation: Probabilities(model, validation));
        }).MinBy(one => Loss(one.Validation));
        return (best.Validation, Probabilities(best.Model, others.Select(row => (row, 0))));
    }

    private sealed class Row
    {
        public float[] Numbers { get; set; } = [];

        public uint Class { get; set; }
    }
}
