using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using MLNet.Sequence.Tests.Model;

namespace MLNet.Sequence.Tests;

/// <summary>Records are values, and so are their lists. The content of a model does not change.</summary>
[TestClass]
public sealed class ValueListTests
{
    // Types that hold megabytes of a caller's data and do not claim to be values.
    private static readonly string[] Data = ["MemoryExample", "MemorySubject"];

    [TestMethod]
    public void Lists_are_equal_where_their_items_are_and_do_not_follow_the_list_they_were_made_of()
    {
        string[] items = ["a", "b"];
        ValueList<string> list = items, other = ["a", "b"];
        Assert.AreEqual(other, list);
        Assert.AreEqual(other.GetHashCode(), list.GetHashCode());
        items[0] = "c";
        Assert.AreEqual("[a, b]", list.ToString());
        Assert.AreNotEqual<ValueList<string>>(["a", "c"], list);
        Assert.AreNotEqual<ValueList<string>>(["a"], list);
    }

    [TestMethod]
    public void Every_record_with_a_list_compares_it_by_its_items()
    {
        int lists = 0;
        foreach (Type record in new[] { typeof(SequenceModel), typeof(SequenceTrainer) }.SelectMany(type => type.Assembly.GetExportedTypes()).Where(IsRecord))
        {
            foreach (PropertyInfo property in record.GetProperties()
                .Where(property => property.CanWrite && ItemOf(property.PropertyType) is not null && property.DeclaringType == record))
            {
                object one = Made(record, property), other = Made(record, property);
                Assert.AreEqual(property.GetValue(one), property.GetValue(other), $"{record.Name}.{property.Name}");
                lists++;
            }
        }

        Assert.IsGreaterThan(30, lists);
    }

    [TestMethod]
    public void A_task_and_an_architecture_are_equal_to_themselves_after_save_and_load()
    {
        foreach (SequenceModel model in FuzzedModels.All)
        {
            using var file = new MemoryStream();
            model.Save(file);
            file.Position = 0;
            SequenceModel loaded = SequenceModel.Load(file);
            Assert.AreEqual(model.Task, loaded.Task);
            Assert.AreEqual(model.Task.GetHashCode(), loaded.Task.GetHashCode());
            Assert.AreEqual(model.Architecture, loaded.Architecture);
            Assert.AreEqual(model.Scaling.Pooled, loaded.Scaling.Pooled);
            Assert.AreEqual(model.InputRange, loaded.InputRange);
            Assert.IsTrue(model.Weights.SequenceEqual(loaded.Weights));
            Assert.AreEqual(model.Report, loaded.Report);
        }
    }

    [TestMethod]
    public void Nothing_that_a_model_holds_can_be_changed()
    {
        var seen = new HashSet<Type>();
        var open = new Queue<Type>([typeof(SequenceModel)]);
        while (open.TryDequeue(out Type? type))
        {
            if (!seen.Add(type) || type.Assembly != typeof(SequenceModel).Assembly || type.IsEnum)
                continue;
            Assert.IsEmpty(type.GetMethods().Where(method => method.Name is "Add" or "Remove" or "Clear" or "set_Item"), type.Name);
            foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            {
                Assert.IsFalse(property.PropertyType.IsArray, $"{type.Name}.{property.Name}");
                bool settable = property.SetMethod is { IsPublic: true } set
                    && !set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));
                Assert.IsFalse(settable, $"{type.Name}.{property.Name}");
                foreach (Type inside in property.PropertyType.GetGenericArguments().Append(property.PropertyType))
                    open.Enqueue(inside);
            }
        }

        Assert.IsGreaterThan(8, seen.Count);
        SequenceModel model = FuzzedModels.All[0];
        foreach (object held in new object[] { model.Scaling.BySeries, model.Report.Epochs, model.Report.Versions,
            model.Report.Epochs[0].Metrics, model.Weights })
            Assert.IsFalse(held is IList { IsReadOnly: false } or IDictionary { IsReadOnly: false }, held.GetType().Name);
    }

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null && !type.IsAbstract && !Data.Contains(type.Name);

    private static Type? ItemOf(Type type) => type.IsArray ? type.GetElementType()
        : type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type) && type.GetGenericArguments() is [var item] ? item
        : null;

    // Only the list is set. Both lists have the same items.
    private static object Made(Type record, PropertyInfo property)
    {
        object made = RuntimeHelpers.GetUninitializedObject(record);
        Type item = ItemOf(property.PropertyType)!;
        var items = Array.CreateInstance(item, 2);
        items.SetValue(Items.GetValueOrDefault(item)
            ?? (Items[item] = item == typeof(string) ? "x" : RuntimeHelpers.GetUninitializedObject(Concrete(item))), 0);
        items.SetValue(Items[item], 1);
        object value = property.PropertyType.IsAssignableFrom(items.GetType()) ? items
            : property.PropertyType.GetMethod("op_Implicit", [items.GetType()])!.Invoke(null, [items])!;
        property.SetValue(made, value);
        return made;
    }

    private static readonly Dictionary<Type, object> Items = [];

    private static Type Concrete(Type type) =>
        type.IsAbstract ? type.Assembly.GetTypes().First(other => !other.IsAbstract && type.IsAssignableFrom(other)) : type;
}
