"""A shop in Django REST framework with drf-spectacular, in one file: nothing here knows of Latchkey."""

import os
import tempfile

import django
from django.conf import settings

DATABASE = os.path.join(tempfile.mkdtemp(), "shop.sqlite3")

settings.configure(
    DEBUG=False,
    SECRET_KEY="for tests only",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATABASE}},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework", "rest_framework.authtoken", "drf_spectacular"],
    REST_FRAMEWORK={
        "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
        "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
        "PAGE_SIZE": 2,
    },
    SPECTACULAR_SETTINGS={"TITLE": "Shop", "VERSION": "1.0.0"},
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.urls import include, path  # noqa: E402
from drf_spectacular.utils import extend_schema  # noqa: E402
from drf_spectacular.views import SpectacularAPIView  # noqa: E402
from rest_framework import authentication, filters, permissions, routers, serializers, viewsets  # noqa: E402
from rest_framework.authtoken.models import Token  # noqa: E402
from rest_framework.decorators import action  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402


class Product(models.Model):
    name = models.CharField(max_length=50)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    colour = models.CharField(max_length=4, choices=[("red", "Red"), ("blue", "Blue")], blank=True)
    made = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "shop"


class ProductSerializer(serializers.ModelSerializer):
    class Meta:
        model = Product
        fields = ["id", "name", "price", "colour", "made"]
        read_only_fields = ["id"]


class ProductViewSet(viewsets.ModelViewSet):
    """Anyone may read and write: the framework's default."""

    queryset = Product.objects.order_by("id")
    serializer_class = ProductSerializer
    filter_backends = [filters.SearchFilter, filters.OrderingFilter]
    search_fields = ["name"]

    @action(detail=True, methods=["post"])
    def paint(self, request, pk=None):
        product = self.get_object()
        product.colour = request.data.get("colour", "")
        product.save()
        return Response(self.get_serializer(product).data)


class MeSerializer(serializers.Serializer):
    name = serializers.CharField(read_only=True)


class Me(APIView):
    authentication_classes = [authentication.TokenAuthentication, authentication.BasicAuthentication]
    permission_classes = [permissions.IsAuthenticated]

    @extend_schema(responses=MeSerializer)
    def get(self, request):
        return Response({"name": request.user.username})


router = routers.DefaultRouter()
router.register("products", ProductViewSet)
urlpatterns = [
    path("api/schema/", SpectacularAPIView.as_view()),
    path("api/me/", Me.as_view()),
    path("api/", include(router.urls)),
]

call_command("migrate", verbosity=0)
with connection.schema_editor() as editor:
    editor.create_model(Product)
ada = User.objects.create_user("ada", password="secret")
Token.objects.create(user=ada, key="a" * 40)

app = get_asgi_application()
