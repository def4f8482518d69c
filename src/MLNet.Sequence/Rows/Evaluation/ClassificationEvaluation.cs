using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Rows;

/// <summary>The columns needed to evaluate a classification.</summary>
/// <param name="Label">Keys or Booleans.</param>
/// <param name="Predicted">Of the label's type.</param>
/// <param name="Score">Probabilities of the classes in their order, or of yes.</param>
internal sealed record ClassificationColumns(string Label, string Predicted, string Score);

/// <summary>Reads classes and predictions of scored rows. Classes are compared by the values of their keys.</summary>
internal static class ClassificationEvaluation
{
    private const string Expected = "a key or Boolean";

    // As in ML.NET's own log-loss: limits the loss of a class whose probability is 0.
    private const double LeastProbability = 1e-15;

    public static SequenceClassificationMetrics Run(SequenceHost host, IDataView scored, ClassificationColumns columns, BootstrapOptions? bootstrap)
    {
        (DataViewSchema.Column label, DataViewSchema.Column predicted, DataViewSchema.Column score) = Bind(host, scored.Schema, columns);
        List<string> classes = Classes(predicted);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string name in classes)
            places.Add(name, places.Count);
        int Place(string name)
        {
            if (places.TryAdd(name, classes.Count))
                classes.Add(name);
            return places[name];
        }

        var rows = new List<ClassifiedRow>();
        long leftOut = 0;
        using DataViewRowCursor cursor = DataFrameColumns.Open(host, scored, [label, predicted, score]);
        Func<string> readLabel = Name(cursor, label), readPredicted = Name(cursor, predicted);
        Func<int, double> readProbability = Probability(host, cursor, score);
        while (cursor.MoveNext())
        {
            if (cursor.Position % 4096 == 0)
                host.ThrowIfCanceled();
            (string actual, string found) = (readLabel(), readPredicted());
            if (actual.Length == 0 || found.Length == 0)
            {
                leftOut++;
                continue;
            }

            int place = Place(actual);
            double probability = readProbability(place);
            // A skipped sequence has no probability; a Boolean cannot express that.
            if (double.IsNaN(probability))
                leftOut++;
            else
                rows.Add(new ClassifiedRow(place, Place(found), Loss(probability)));
        }

        return rows.Count > 0
            ? new SequenceClassificationMetrics(classes, rows, leftOut, bootstrap)
            : throw new InvalidOperationException("No row has both a label and a prediction.");
    }

    private static (DataViewSchema.Column Label, DataViewSchema.Column Predicted, DataViewSchema.Column Score) Bind(
        SequenceHost host, DataViewSchema schema, ClassificationColumns columns)
    {
        DataViewSchema.Column label = Find(host, schema, "label", columns.Label), predicted = Find(host, schema, "predicted label", columns.Predicted);
        if (label.Type is KeyDataViewType != predicted.Type is KeyDataViewType)
            throw host.Mismatch("predicted label", columns.Predicted, label.Type.ToString()!, predicted.Type.ToString()!);
        return (label, predicted, host.Require(schema, "score", columns.Score));
    }

    /// <summary>The log-loss, in nats, of an event with this predicted probability.</summary>
    public static double Loss(double probability) => -Math.Log(Math.Max(LeastProbability, probability));

    /// <summary>The metrics of classes by their names.</summary>
    public static Dictionary<string, double> Named(SequenceHost host, IDataView scored, string label, SequenceTask task)
    {
        SequenceClassificationMetrics metrics = Run(host, scored, new ClassificationColumns(label, task.Outputs[0].Name, task.Prediction.Name), null);
        return new Dictionary<string, double>
        {
            ["accuracy"] = metrics.Accuracy,
            ["macroF1"] = metrics.MacroF1,
            ["cohenKappa"] = metrics.CohenKappa,
            ["logLoss"] = metrics.LogLoss,
        };
    }

    private static DataViewSchema.Column Find(SequenceHost host, DataViewSchema schema, string role, string name)
    {
        DataViewSchema.Column column = host.Require(schema, role, name);
        return column.Type is KeyDataViewType or BooleanDataViewType ? column : throw host.Mismatch(role, name, Expected, column.Type.ToString()!);
    }

    private static List<string> Classes(DataViewSchema.Column predicted) => predicted.Type is KeyDataViewType { Count: var count }
        ? [.. KeyValues.Of(predicted)?.Values ?? Enumerable.Range(1, (int)count).Select(number => FormattableString.Invariant($"{number}"))]
        : [bool.FalseString, bool.TrueString];

    private static Func<string> Name(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is KeyDataViewType)
            return KeyReader.Create(row, column);
        ValueGetter<bool> getter = row.GetGetter<bool>(column);
        bool value = false;
        return () =>
        {
            getter(ref value);
            return value.ToString();
        };
    }

    // The probability of a class by its index; 0 if the model does not have it. A single number is that of the second of two classes.
    private static Func<int, double> Probability(SequenceHost host, DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is NumberDataViewType { RawType: var raw } && raw == typeof(float))
        {
            ValueGetter<float> one = row.GetGetter<float>(column);
            float yes = 0;
            return place =>
            {
                one(ref yes);
                return place == 1 ? yes : 1 - (double)yes;
            };
        }

        if (column.Type is not VectorDataViewType { ItemType: NumberDataViewType { RawType: var item } } || item != typeof(float))
            throw host.Mismatch("score", column.Name, "Single, or a vector of Single", column.Type.ToString()!);
        VectorReader all = ChannelReaders.CreateVector(row, column);
        return place => all() is var values && place < values.Length ? values[place] : 0;
    }
}
