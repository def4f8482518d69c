using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.NextSteps;

/// <summary>The columns that a fitted next-step model adds.</summary>
internal static class NextStepColumns
{
    /// <summary>The columns of a model that is not fitted yet.</summary>
    public static SchemaShape.Column[] Promise(NextStepOptions options, SchemaShape schema)
    {
        SchemaShape.Column loss = SchemaShapes.Scalar(options.LossColumnName, NumberDataViewType.Single,
            SchemaShapes.Scalar(LossAnnotation.Kind, TextDataViewType.Instance));
        if (options.Kind != StepKind.Token)
            return [SchemaShapes.Vector(options.PredictionColumnName, NumberDataViewType.Single), loss];
        SchemaShape.Column tokens = SchemaShapes.Find(schema, options.FeatureColumnNames.Count > 0 ? options.FeatureColumnNames[0]
            : options.FeatureColumnName)!.Value;
        DataViewType? values = tokens.IsKey ? SchemaShapes.KeyValuesOf(tokens) : tokens.ItemType;
        return
        [
            SchemaShapes.Key(options.PredictionColumnName, values is null ? [] : [SchemaShapes.KeyValues(values)]),
            SchemaShapes.Vector(options.ScoreColumnName, NumberDataViewType.Single,
                values is null ? [] : [SchemaShapes.SlotNames(), SchemaShapes.TrainingLabelValues(values)]),
            loss,
        ];
    }
}
